import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { inStore } from '../sample-app/places/columns.js';
import { HappeningsInterceptor } from '../sample-app/page/happenings.interceptor.js';
import { JOBS } from './shop-environment.js';
import { Screen } from './screen.js';
import { Show } from './show.js';
import { onStage } from './on-stage.js';

const DEFAULT_SECONDS = 5;

await onStage(async ({ seconds = DEFAULT_SECONDS }, end) => {
  const screen = new Screen();
  const app = await startShop();
  const metrics = app.get(MetricsService);
  const url = await app.getUrl();
  const show = new Show(url, [inStore('in memory', metrics, JOBS)], screen, end);
  app.get(HappeningsInterceptor).byVisitors.subscribe((happening) => {
    show.note(happening);
  });
  screen.say(`  Shop         ${url}/ is its page: buttons, and what they change`, '');
  try {
    await show.trade(seconds);
    screen.say('', 'What a push would bring to a Pushgateway:');
    for (const job of JOBS) screen.say('', `# job ${job}`, (await metrics.text(job)).trimEnd());
    return await show.arrive();
  } finally {
    await show.close();
    await app.close();
  }
});

/** The whole shop, in this process. */
async function startShop(): Promise<INestApplication> {
  process.env['PUSHGATEWAY_REDIS'] = 'memory';
  process.env['PUSHGATEWAY_AUTO_PUSH'] = 'off';
  // Only now: the module reads the environment as it is loaded.
  const { AppModule } = await import('../sample-app/app.module.js');
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  await app.listen(0, '127.0.0.1');
  return app;
}

/**
 * `node push-floor.js <gateway> <warm-ups> <series> <families> <more> [Redis]`: one push of a body that is ready, by node:http
 * alone, after some that are not measured, and some more in a row. Nothing in Node can be faster than that. With Redis it is
 * the text that we would push from there; without, the same series in the order of their labels.
 */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { JOB, startApplication } from './application.js';
import { report } from './report.js';
import { familyName, labelSets, valueOf } from './series.js';
import { clock, withMoreOnEnd } from './watch.js';

const [gateway = '', warmUps, seriesCount, familyCount, more, redis] = process.argv.slice(2);
const [series, families] = [Number(seriesCount), Number(familyCount)];
const body = Buffer.from(redis === undefined ? inOrder() : await asStored(redis));

function inOrder(): string {
  const lines: string[] = [];
  let counted = 0;
  for (let family = 0; family < families; family += 1) {
    const name = familyName(family);
    lines.push(`# HELP ${name} Requests\n# TYPE ${name} counter\n`);
    for (const { method, route, status } of labelSets(series / families)) {
      lines.push(`${name}{method="${method}",route="${route}",status="${status}"} ${valueOf(counted)}\n`);
      counted += 1;
    }
  }
  return lines.join('');
}

async function asStored(address: string): Promise<string> {
  const application = await startApplication({ redis: address, host: gateway });
  const stored = await application.get(MetricsService).text(JOB);
  await application.close();
  const count = stored.match(/^[^#\n]/gm)?.length ?? 0;
  if (count !== series) throw new Error(`Expected ${series} series in Redis, got ${count}`);
  return stored;
}

async function push(): Promise<void> {
  const outgoing = request(`http://${gateway}/metrics/job/${JOB}/instance/${JOB}`, {
    method: 'PUT',
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': body.length,
    },
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`the gateway answered ${response.statusCode ?? 'nothing'}`);
}
for (let done = 0; done < Number(warmUps); done += 1) await push();
report({ ...(await withMoreOnEnd(await clock(push), Number(more), push)), bytes: body.length });

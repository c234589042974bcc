import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';

type RedisOption = NonNullable<PrometheusPushgatewayModuleOptions['pushgateway']>['redis'];

/** What an application with this Redis, which does not answer, says when it starts. */
async function linesOf(redis: RedisOption): Promise<string[]> {
  const lines: string[] = [];
  const note = (line: unknown): void => {
    lines.push(String(line));
  };
  const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(note);
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(note);
  try {
    const options = { prometheus: { jobs: ['shop'] }, autoPush: false } as const;
    @Module({ imports: [PrometheusPushgatewayModule.forRoot({ ...options, pushgateway: { redis: redis as string } })] })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    await context.close();
    return lines;
  } finally {
    log.mockRestore();
    warn.mockRestore();
  }
}

const kept = (where: string): string =>
  `Values are kept in Redis ${where}, under keys that begin with "prometheus_pushgateway"`;

it.each<[RedisOption, string]>([
  ['redis://:s3cret@127.0.0.1:1/3', kept('redis://127.0.0.1:1/3, database 3')],
  [{ host: '127.0.0.1', port: 1, password: 's3cret' }, kept('redis://127.0.0.1:1, database 0')],
  ['memory', 'Values are kept in the memory of this process'],
])('one line says where values are kept: %j', async (redis, line) => {
  expect((await linesOf(redis)).filter((each) => each.startsWith('Values are'))).toEqual([line]);
});

it('options that ioredis does not know are warned about, by name', async () => {
  const lines = await linesOf({ host: '127.0.0.1', port: 1, maxmemory: 5, shade: 1 } as object);
  expect(lines).toContain('pushgateway.redis: ioredis knows no option "maxmemory", "shade", and may ignore it');
});

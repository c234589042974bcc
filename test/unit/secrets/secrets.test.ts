import { inspect } from 'node:util';
import { ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { COMMANDS } from '../../../lib/cli/pushgateway-command.module.js';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from '../../../lib/index.js';
import { MODULE_OPTIONS_TOKEN } from '../../../lib/module/module-definition.js';
import { optionsFromEnvironment, RESOLVED_OPTIONS, resolveOptions } from '../../../lib/options/index.js';
import { RedisStore } from '../../../lib/store/redis/redis.store.js';

/** In clear and as basic auth sends it. */
const SECRETS = ['s3same', Buffer.from('user:s3same').toString('base64')];

/** Everything a logger could find out about a value. */
const everythingAbout = (value: unknown): string =>
  [
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    stringified(value),
    String((value as { message?: unknown }).message),
    (value as { stack?: string }).stack,
  ].join('\n');

function stringified(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nest's own objects are circular.
    return '';
  }
}

const expectNoSecret = (value: unknown): void => {
  const text = everythingAbout(value);
  for (const secret of SECRETS) {
    const at = text.indexOf(secret);
    expect(at < 0 ? '' : text.slice(Math.max(at - 200, 0), at + 50)).toBe('');
  }
};

const login = { username: 'user', password: 's3same' };
const options: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['shop'], ...login, headers: { 'X-Key': 's3same' } },
  pushgateway: {
    ...login,
    host: ['https://gateway:9091', 'https://other:9091'],
    headers: { 'X-Key': 's3same' },
    tls: { passphrase: 's3same', key: '', ca: 's3same' },
    redis: 'redis://user:s3same@127.0.0.1:1',
  },
  autoPush: false,
};
const withoutTls = { ...options, pushgateway: { ...options.pushgateway, tls: {} } };

describe('what is made of the options', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a URL', { redis: 'redis://user:s3same@127.0.0.1:1' }],
    ['options of ioredis', { redis: { host: 'x', password: 's3same' } }],
    ['sentinels', { redis: { sentinels: [{ host: 'x' }], name: 'x', sentinelPassword: 's3same' } }],
    ['a cluster', { redis: { nodes: [{ host: 'x' }], options: { redisOptions: { password: 's3same' } } } }],
    [
      'credentials in the address',
      { host: 'http://user:s3same@gateway:9091', username: undefined, password: undefined },
    ],
    ['a former gateway', { formerHosts: ['http://user:s3same@old:9091', { host: 'older:9091', ...login }] }],
    ['a token', { bearerToken: 's3same', username: undefined, password: undefined }],
  ])('does not show %s', (_, pushgateway) => {
    const given: Record<string, unknown> = { ...options.pushgateway, ...pushgateway };
    const resolved = resolveOptions({
      ...options,
      pushgateway: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    });
    expectNoSecret(resolved);
    expectNoSecret([...resolved.gateways, resolved.prometheus]);
    expect(inspect(resolved)).toContain('jobs');
    expect(JSON.parse(JSON.stringify(resolved))).toMatchObject({ jobs: ['shop'], prometheus: { username: 'user' } });
  });

  it("does not show a client of the user's", () => {
    const redis = new Redis({ lazyConnect: true, password: 's3same' });
    expectNoSecret(resolveOptions({ ...options, pushgateway: { redis } }));
    expectNoSecret(new RedisStore(redis, 'x'));
    redis.disconnect();
  });

  it('is refused without showing what came', () => {
    for (const faulty of [
      { ...options, prometheus: { ...options.prometheus, password: { s3same: 's3same' } } },
      { ...options, pushgateway: { ...options.pushgateway, redis: 'redis://user:s3same@:x' } },
      { ...options, pushgateway: { ...options.pushgateway, host: 'ftp://user:s3same@gateway' } },
      { ...options, pushgateway: { ...options.pushgateway, bearerToken: 's3same' } },
      { ...options, pushgateway: { ...options.pushgateway, tls: { passphrase: ['s3same'] } } },
      { ...options, pushgateway: { ...options.pushgateway, headers: { 'X-Key': 's3same\n' } } },
      { ...options, pushgateway: 'redis://user:s3same@gateway' },
    ]) {
      let error: unknown;
      try {
        resolveOptions(faulty);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: 'ERR_CONFIGURATION' });
      expectNoSecret(error);
    }
    expect(() => optionsFromEnvironment({ PUSHGATEWAY_PASSWORDS: 's3same' })).toThrow(/^(?!.*s3same)/s);
  });
});

describe('the objects of an application', () => {
  let app: TestingModule;

  beforeAll(async () => {
    app = await Test.createTestingModule({
      imports: [PrometheusPushgatewayModule.forRoot(withoutTls)],
      providers: [...COMMANDS],
    }).compile();
  });
  afterAll(() => app.close());

  it('do not show secrets, from whichever one looks', () => {
    const modules = app.get(ModulesContainer);
    const ours = [...modules.values()].find(({ metatype }) => metatype === PrometheusPushgatewayModule);
    const instances = [...(ours?.providers.values() ?? [])]
      // What the application gave is its own.
      .filter(({ token }) => token !== MODULE_OPTIONS_TOKEN && !isOfNest(token))
      .map(({ instance }): unknown => instance)
      .filter((instance) => typeof instance === 'object' && instance !== null);
    expect(instances.length).toBeGreaterThan(9);
    for (const instance of instances) expectNoSecret(instance);
    for (const token of [RESOLVED_OPTIONS, ...COMMANDS, PrometheusPushgatewayModule]) {
      expectNoSecret(app.get<unknown>(token, { strict: false }));
    }
  });

  it('tell of failures without them', async () => {
    const { MetricsService } = await import('../../../lib/index.js');
    const metrics = app.get(MetricsService);
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
    const result = await metrics.push();
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'ERR_STORE_UNAVAILABLE' } });
    expectNoSecret(result);
    expectNoSecret(result.error);
    const refusal = await metrics.flush().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expectNoSecret(refusal);
  });
});

function isOfNest(token: unknown): boolean {
  return typeof token === 'function' && ['ModuleRef', 'ApplicationConfig'].includes(token.name);
}

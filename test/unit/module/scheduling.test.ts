import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import {
  AUTO_PUSH_NAME,
  type AutoPushOptions,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

/** What `require` knows: in place of this process' own cache, as all of this is loaded in it. */
let cache: Record<string, unknown> = {};
jest.mock('node:module', () => ({
  ...jest.requireActual<object>('node:module'),
  createRequire: () => ({ cache }),
}));

const NEST_ALONE = '/srv/app/node_modules/reflect-metadata/Reflect.js';
const options: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['shop'] },
  pushgateway: { redis: 'memory' },
  pushOnShutdown: false,
};
const YEARLY = '0 0 1 1 *';
const LONG_MS = 2 ** 31 - 1;

const fired = jest.fn();

class ByCron {
  @Cron(YEARLY)
  run(): void {
    fired();
  }
}
class ByInterval {
  @Interval(LONG_MS)
  run(): void {
    fired();
  }
}
class ByTimeout {
  @Timeout(LONG_MS)
  run(): void {
    fired();
  }
}
class Inherited extends ByInterval {}

let app: INestApplicationContext | undefined;

beforeEach(() => {
  cache = { [NEST_ALONE]: {} };
});
afterEach(() => app?.close());

async function start(
  module: Omit<Parameters<typeof Module>[0], 'imports'> & { imports?: Parameters<typeof Module>[0]['imports'] } = {},
  ours = options,
): Promise<SchedulerRegistry | undefined> {
  @Module({ ...module, imports: [...(module.imports ?? []), PrometheusPushgatewayModule.forRoot(ours)] })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  try {
    const registry = app.get(SchedulerRegistry, { strict: false });
    return registry;
  } catch {
    return undefined;
  }
}

describe('the schedule of an application', () => {
  it('is not there if nobody can ask for it', async () => {
    expect(await start()).toBeUndefined();
  });

  it.each<[string, Provider]>([
    ['@Cron', ByCron],
    ['@Interval', ByInterval],
    ['@Timeout', ByTimeout],
    ['of a base class', Inherited],
    ['of useClass', { provide: 'task', useClass: ByInterval }],
    ['of useValue', { provide: 'task', useValue: new ByInterval() }],
  ])('is there for the method of a provider, %s', async (_, provider) => {
    const registry = await start({ providers: [provider] });
    expect(registry?.getIntervals()).toContain(AUTO_PUSH_NAME);
    const jobs = [...(registry?.getCronJobs().keys() ?? [])].length;
    expect(jobs + (registry?.getIntervals().length ?? 0) + (registry?.getTimeouts().length ?? 0)).toBe(2);
  });

  it('is there for the method of a controller, and of a feature module', async () => {
    @Module({ controllers: [ByInterval] })
    class Feature {}
    const registry = await start({ imports: [Feature] });
    expect(registry?.getIntervals()).toHaveLength(2);
  });

  it('is passed over for values without a prototype, and without methods', async () => {
    const values = [null, undefined, 0, 'text', Object.create(null) as object, () => undefined, [ByCron]];
    const providers = values.map((useValue, at) => ({ provide: `value ${at}`, useValue }));
    expect(await start({ providers })).toBeUndefined();
  });

  it.each([
    ['npm', '/srv/app/node_modules/cron/dist/index.js'],
    ['pnpm', '/srv/app/node_modules/.pnpm/cron@4.4.0/node_modules/cron/dist/index.js'],
    ['Yarn PnP', '/srv/app/.yarn/cache/cron-npm-4.4.0-0123456789.zip/node_modules/cron/dist/index.js'],
    ['Windows', 'C:\\app\\node_modules\\cron\\dist\\index.js'],
  ])('is there to be looked up if anybody has loaded cron, as placed by %s', async (_, path) => {
    cache[path] = {};
    expect((await start())?.getIntervals()).toEqual([AUTO_PUSH_NAME]);
  });

  it('is there in a bundle, where nobody knows what is loaded', async () => {
    cache = { '/srv/app/main.js': {} };
    expect((await start())?.getIntervals()).toEqual([AUTO_PUSH_NAME]);
  });

  it.each<[string, AutoPushOptions, string[], string[]]>([
    ['by interval', { everyMs: LONG_MS }, [AUTO_PUSH_NAME], []],
    ['by cron', { cron: YEARLY }, [], [AUTO_PUSH_NAME]],
    ['never', false, [], []],
  ])("is the application's own if it has one; we push %s", async (_, autoPush, intervals, crons) => {
    cache['/srv/app/node_modules/cron/dist/index.js'] = {};
    const registry = await start(
      { imports: [ScheduleModule.forRoot()], providers: [ByTimeout] },
      { ...options, autoPush },
    );
    expect(registry?.getTimeouts()).toHaveLength(1);
    expect(registry?.getIntervals()).toEqual(intervals);
    expect([...(registry?.getCronJobs().keys() ?? [])]).toEqual(crons);
  });

  it("is the application's own, of another copy of the package", async () => {
    class Registry extends SchedulerRegistry {}
    Object.defineProperty(Registry, 'name', { value: 'SchedulerRegistry' });
    @Module({ providers: [Registry], exports: [Registry] })
    class Copy {}
    Object.defineProperty(Copy, 'name', { value: 'ScheduleModule' });
    expect(await start({ imports: [Copy] })).toBeUndefined();
    expect(app?.get(Registry).getIntervals()).toEqual([AUTO_PUSH_NAME]);
  });

  it("is the application's own, renamed by a bundler", async () => {
    cache = { '/srv/app/main.js': {} };
    const name = ScheduleModule.name;
    Object.defineProperty(ScheduleModule, 'name', { value: 'ScheduleModule2' });
    try {
      const registry = await start({ imports: [ScheduleModule.forRoot({ timeouts: false })], providers: [ByTimeout] });
      const modules = [...(app?.get(ModulesContainer).values() ?? [])];
      expect(modules.filter(({ metatype }) => metatype === ScheduleModule)).toHaveLength(1);
      expect(registry?.getIntervals()).toEqual([AUTO_PUSH_NAME]);
    } finally {
      Object.defineProperty(ScheduleModule, 'name', { value: name });
    }
  });
});

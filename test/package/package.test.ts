import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type RunningServer, startRedis } from '../support/servers.js';
import { ROOT } from '../support/run-node.js';
import {
  bundle,
  compile,
  type Installation,
  type Installations,
  installPackage,
  NEST_MAJORS,
  node,
  PACKAGE,
  place,
  versionOf,
} from './support/applications.js';
import {
  danglingImports,
  type ExportsEntry,
  type Manifest,
  missingMaps,
  missingSources,
  readPackage,
} from './support/contents.js';
import { type FakeGateway, startFakeGateway } from './support/fake-gateway.js';
import { loadedFiles, loadedPackages } from './support/loaded.js';
import { run } from './support/run.js';

const ORDERS = ['# HELP orders_total Orders placed', '# TYPE orders_total counter'];
/** Of a command: the memory store of its own process, one counter, nothing counted. */
const NOTHING_COUNTED = { PROMETHEUS_JOBS: 'shop', PUSHGATEWAY_REDIS: 'memory' };

/** What is loaded when it is first needed, and what stands in our own code as far as it is used. */
const ON_DEMAND = [
  'ioredis',
  'axios',
  '@nestjs/schedule',
  'cron',
  'luxon',
  'valibot',
  'fastest-levenshtein',
  'proxy-from-env',
];

/** What has been started or made; the last comes first. */
const cleanups: (() => Promise<unknown>)[] = [];
let installations: Installations;

beforeAll(async () => {
  installations = await installPackage();
  cleanups.unshift(installations.remove);
}, 600_000);

afterAll(async () => {
  for (const cleanUp of cleanups) await cleanUp();
});

describe('the tarball', () => {
  let files: Map<string, string>;
  let manifest: Manifest;

  beforeAll(async () => {
    const { installed } = installations.plain[12];
    files = await readPackage(installed);
    manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  });

  it('holds dist/lib, dist/cjs, dist/schematics and what a reader needs, nothing else', () => {
    const others = [...files.keys()].filter((path) => !/^dist\/(lib|cjs|schematics)\//.test(path));

    expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('has no script that runs where it is installed, from the registry, a tarball or a repository', () => {
    const names = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish'];

    expect(names.filter((name) => name in manifest.scripts)).toEqual([]);
  });

  it('is built whenever it is packed', () => {
    expect(manifest.scripts['prepack']).toBe('npm run build');
  });

  it('holds code, its types and maps, no tests', () => {
    const unexpected = [...files.keys()].filter(
      (path) =>
        path.startsWith('dist/') && (!/\.(c?js|c?js\.map|d\.c?ts)$/.test(path) || /[./-](test|spec)[./-]/.test(path)),
    );

    expect(unexpected).toEqual([
      'dist/cjs/package.json',
      'dist/schematics/collection.json',
      'dist/schematics/package.json',
      'dist/schematics/schema.json',
    ]);
    expect([...files.keys()].filter((path) => /^dist\/schematics\/.*js$/.test(path))).toEqual([
      'dist/schematics/nest-add.js',
    ]);
    expect(
      Object.values(manifest.exports)
        .flatMap(pathsOf)
        .filter((path) => !files.has(path)),
    ).toEqual([]);
  });

  it.each(['dist/lib/', 'dist/cjs/'])('holds the same code in %s', (folder) => {
    const code = [...files.keys()].filter((path) => path.startsWith(folder) && /\.c?js$/.test(path));
    const chunks = code.filter((path) => path.startsWith(`${folder}chunks/`));

    expect(chunks.length).toBeGreaterThan(0);
    expect(code.filter((path) => !chunks.includes(path)).map((path) => path.slice(folder.length))).toEqual([
      'cli/index.js',
      'config/index.js',
      'console/index.js',
      'health/index.js',
      'http/axios.cjs',
      'index.js',
      'metrics/opentelemetry.cjs',
      'opentelemetry/index.js',
      'prom-client/index.js',
      'scrape/index.js',
      'store/memory/memory.store.js',
      'store/redis/connection/ioredis.cjs',
      'store/redis/redis.store.js',
      'testing/index.js',
    ]);
  });

  it('holds the Lua scripts as text of its code, without their comments', async () => {
    const sources = await readPackage(join(ROOT, 'lib/store/redis/scripts'));
    const names = [...sources.keys()].map((name) => name.replace('.lua', ''));
    const code =
      [...files].find(([path]) => path.startsWith('dist/lib/') && path.endsWith('redis.store.js'))?.[1] ?? '';

    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !new RegExp(`^ +"?${name}"?: [\`"']`, 'm').test(code))).toEqual([]);
    expect(code).not.toContain('Stands before every script');
  });

  it('holds the page of the console as text of its code', () => {
    const code = [...files].filter(([path]) => path === 'dist/lib/console/index.js').map(([, text]) => text);

    expect(code).toEqual([expect.stringContaining('prefers-color-scheme')]);
  });

  it('imports only what is inside or declared', () => {
    // What `nest add` writes into a project imports what is there.
    const ours = new Map([...files].filter(([path]) => !path.startsWith('dist/schematics/')));
    expect(danglingImports(ours, manifest)).toEqual([]);
  });

  it('maps its code to sources that are there', () => {
    expect(missingMaps(files)).toEqual([]);
    expect(missingSources(files)).toEqual([]);
  });

  it('tells nothing of the machine that built it', () => {
    const places = [`${ROOT}lib`, `${ROOT}dist`, `${ROOT}node_modules`, 'file:///'];
    const telling = [...files].filter(([, text]) => places.some((place) => text.includes(place)));

    expect(telling.map(([path]) => path)).toEqual([]);
  });

  it('passes publint', async () => {
    const publint = join(ROOT, 'node_modules/publint/src/cli.js');

    const { code, stdout } = await run(process.execPath, [publint, 'run', '--strict', installations.tarball], {
      cwd: ROOT,
    });

    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All good!') });
  });

  it.each(['import', 'require'])('lets users %s every sub-path', async (how) => {
    const paths = Object.keys(manifest.exports).map((path) => PACKAGE + path.slice(1));
    const imports = paths.map(
      (path) => `await import('${path}', ${json(path) ? "{ with: { type: 'json' } }" : '{}'});`,
    );
    const requires = paths.map((path) => `require('${path}');`);
    const args = how === 'import' ? ['--input-type=module', '-e', imports.join('')] : ['-e', requires.join('')];

    expect(paths).toEqual(
      expect.arrayContaining([
        PACKAGE,
        ...['cli', 'config', 'console', 'health', 'opentelemetry', 'prom-client', 'scrape', 'testing'].map(
          (path) => `${PACKAGE}/${path}`,
        ),
      ]),
    );
    expect(await node(args, { cwd: installations.full[12].folder })).toMatchObject({ code: 0, stdout: '' });
  });

  it('keeps the names of its classes in a bundle that gives them others', async () => {
    const { folder } = installations.full[12];
    const main = join(folder, 'names.js');
    await writeFile(
      main,
      `import { ConfigurationError, Counter, MetricsService, PushgatewayClient, StoreUnavailableError } from '${PACKAGE}';
      const error = new StoreUnavailableError('away');
      console.log([ConfigurationError, Counter, MetricsService, PushgatewayClient, error.constructor, error].map(({ name }) => name).join());`,
    );
    await bundle(main, join(folder, 'names.mjs'), { minify: true });

    expect(await node(['names.mjs'], { cwd: folder })).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'ConfigurationError,Counter,MetricsService,PushgatewayClient,StoreUnavailableError,StoreUnavailableError\n',
    });
  });

  it('holds the licences of what it has taken in', () => {
    const code = [...files]
      .filter(([path]) => /^dist\/lib\/chunks\/.*\.js$/.test(path))
      .map(([, text]) => text)
      .join('\n');

    for (const holder of ['Fabian Hiller', 'Kasper Unn Weihe', 'Rob Wu']) expect(code).toContain(holder);
    expect(code.match(/Permission is hereby granted, free of charge/g)).toHaveLength(3);
  });

  it('exports classes under the names they have', async () => {
    const script = `
      const all = Object.entries({ ...(await import('${PACKAGE}')), ...(await import('${PACKAGE}/cli')), ...(await import('${PACKAGE}/console')), ...(await import('${PACKAGE}/health')), ...(await import('${PACKAGE}/scrape')), ...(await import('${PACKAGE}/testing')) });
      console.log(all.filter(([name, { name: own }]) => /^[A-Z][a-z]/.test(name) && own !== name).map(([name]) => name));`;
    const args = ['--input-type=module', '-e', script];

    expect(await node(args, { cwd: installations.full[12].folder })).toMatchObject({ code: 0, stdout: '[]\n' });
  });
});

describe.each(NEST_MAJORS)('with Nest %i, as npm installs it', (nest) => {
  let installation: Installation;

  beforeAll(() => {
    installation = installations.plain[nest];
  });

  it('brings along the peers that an application must have, without a conflict', async () => {
    const peers = ['@nestjs/common', '@nestjs/core', '@nestjs/schedule'];
    const versions = await Promise.all(peers.map((peer) => versionOf(peer, installation)));

    expect(versions.slice(0, 2)).toEqual(Array(2).fill(expect.stringMatching(`^${nest}\\.`)));
    expect(installation.npm).not.toContain('ERESOLVE');
  });

  it.each([
    ['an ES module', 'esm', 'main.js'],
    ['CommonJS', 'commonjs', 'main.cjs'],
  ])('runs in an application in JavaScript, %s', async (_, consumer, file) => {
    const cwd = await place(consumer, installation);

    const { code, stdout, stderr } = await node([file], { cwd });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      text: [...ORDERS, 'orders_total{type="blue"} 3', ''].join('\n'),
      refusal: 'ERR_UNKNOWN_JOB',
      isOurs: true,
      isOther: false,
    });
  });

  it.each([
    ['cli', 'nest-commander'],
    ['config', '@nestjs/config'],
  ])('says that ./%s needs %s', async (path, peer) => {
    const script = `await import('${PACKAGE}/${path}')`;

    const { code, stderr } = await node(['--input-type=module', '-e', script], { cwd: installation.folder });

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`Cannot find package '${peer}'`) });
  });

  it.each([
    ['imported', ['--input-type=module', '-e', `await import('${PACKAGE}')`]],
    ['required', ['-e', `require('${PACKAGE}')`]],
  ])('loads no client and no scheduler when it is %s', async (_, args) => {
    const packages = await loadedPackages(args, installation.folder);

    expect(packages).toEqual(expect.arrayContaining([PACKAGE, '@nestjs/common']));
    expect(packages.filter((name) => ON_DEMAND.includes(name))).toEqual([]);
  });

  it('loads none in an application that keeps its values in memory, pushes nothing and schedules nothing', async () => {
    const cwd = await place('esm', installation);

    const packages = await loadedPackages(['main.js'], cwd);

    expect(packages).toEqual(expect.arrayContaining([PACKAGE, '@nestjs/core']));
    expect(packages.filter((name) => ON_DEMAND.includes(name))).toEqual([]);
  });

  it('loads none until an application with all defaults has started', async () => {
    const cwd = await place('esm', installation);

    const packages = await loadedPackages(['defaults.js'], cwd);

    expect(packages).toEqual(expect.arrayContaining([PACKAGE, '@nestjs/core']));
    expect(packages.filter((name) => ON_DEMAND.includes(name))).toEqual([]);
  });

  it('waits for one file of ours, without stores, gateways and exposition, until such an application has started', async () => {
    const cwd = await place('esm', installation);

    const urls = await loadedFiles(['defaults.js'], cwd);

    const ours = urls.filter((url) => url.includes(`/node_modules/${PACKAGE}/`)).map((url) => fileURLToPath(url));
    const [core = '', index] = ours.sort();
    expect([ours.length, index]).toEqual([2, expect.stringMatching(/dist\/lib\/index\.js$/)]);
    const code = await readFile(core, 'utf8');
    const sources = [...code.matchAll(/^\/\/ (\S+)\.js$/gm)].map(([, source = '']) => source);
    expect(sources).toEqual(expect.arrayContaining(['module/providers', 'push/push.service']));
    expect(
      sources.filter((source) => /^(store\/(redis|memory)|gateway\/(sticky|cleaning)|exposition)\//.test(source)),
    ).toEqual([]);
  });

  describe.each(['{"everyMs":60000}', '{"cron":"0 0 1 1 *"}'])('and autoPush %s', (autoPush) => {
    it('makes sure of a schedule, which its own push is in', async () => {
      const cwd = await place('esm', installation);

      const ended = await node(['schedule.js', autoPush], { cwd });

      expect(ended).toEqual({ code: 0, stderr: '', stdout: 'true\n' });
    });

    it('does so in an application bundled into one file', async () => {
      const cwd = await place('esm', installation);
      const folder = join(installations.folder, `bundled-${nest}`);
      await bundle(join(cwd, 'schedule.js'), join(folder, 'main.mjs'));

      const ended = await node(['main.mjs', autoPush], { cwd: folder });

      expect(ended).toEqual({ code: 0, stderr: '', stdout: 'true\n' });
    });
  });
});

describe.each(NEST_MAJORS)('with Nest %i, in TypeScript', (nest) => {
  const applications = { module: '', commonjs: '' };
  /** As `nest new` makes an application. */
  const usualType = ({ 12: 'module', 11: 'commonjs' } as const)[nest];
  const ioredis = { 12: '6.', 11: '5.' }[nest];
  let gateway: FakeGateway;
  let redis: RunningServer;

  beforeAll(async () => {
    for (const type of ['module', 'commonjs'] as const) {
      applications[type] = await place('typescript', installations.full[nest], { as: `typescript-${type}`, type });
    }
    // One checks the declarations of all its packages, ours among them.
    await compile([applications.module, '--skipLibCheck', 'false'], [applications.commonjs]);
    gateway = await startFakeGateway();
    cleanups.unshift(gateway.close);
    redis = await startRedis();
    cleanups.unshift(() => redis.stop());
  }, 180_000);

  describe.each(['module', 'commonjs'] as const)('type %s', (type) => {
    it('injects the service and metrics of a feature', async () => {
      const { code, stdout, stderr } = await node(['dist/main.js'], { cwd: applications[type] });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('\nshop_orders_total{country="nl",type="blue"} 2\n');
      expect(stdout).toContain('\norder_duration_seconds_bucket{type="blue",le="1"} 2\n');
    });

    it('shows what it would push', async () => {
      const { code, stdout, stderr } = await push(type, ['--dry-run']);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(['# job shop, instance localhost', ...ORDERS, 'orders_total 0', ''].join('\n'));
    });
  });

  it('pushes', async () => {
    const { code, stderr } = await push(usualType, [], gateway.host);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(gateway.requests).toEqual([
      // Whether a balancer stands there that names its gateways.
      { line: 'GET /metrics/job/shop/instance/localhost', families: [] },
      {
        line: 'PUT /metrics/job/shop/instance/localhost',
        families: [
          {
            name: 'orders_total',
            help: 'Orders placed',
            type: 'COUNTER',
            metric: [{ counter: { value: 0, startTimestamp: expect.any(Object) } }],
          },
        ],
      },
    ]);
  });

  it('exits with 1 and says why when the gateway cannot be reached', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;

    const { code, stdout } = await push(usualType, ['--json'], nobody);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        job: 'shop',
        outcome: 'failed',
        code: 'ERR_HTTP_CONNECTION',
        reason: expect.stringContaining(`${nobody} unreachable`),
      }),
    ]);
  });

  it(`adds up in Redis, by ioredis ${ioredis}x`, async () => {
    const options = { cwd: applications.module, environment: { REDIS: `127.0.0.1:${redis.port}` } };
    await node(['dist/main.js'], options);

    const { code, stdout, stderr } = await node(['dist/main.js'], options);

    expect(await versionOf('ioredis', installations.full[nest])).toMatch(ioredis);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('\nshop_orders_total{country="nl",type="blue"} 4\n');
  });

  function push(
    type: keyof typeof applications,
    flags: readonly string[],
    host = '127.0.0.1:1',
  ): ReturnType<typeof node> {
    return node(['dist/cli.js', 'push', ...flags], {
      cwd: applications[type],
      environment: {
        ...NOTHING_COUNTED,
        PUSHGATEWAY_REDIS: `127.0.0.1:${redis.port}`,
        PUSHGATEWAY_KEY_PREFIX: 'push',
        PUSHGATEWAY_HOST: host,
      },
    });
  }
});

describe('with Nest 11 and Jest, as `nest new` sets it up', () => {
  it("runs the application's tests, with the memory store and with Redis", async () => {
    const cwd = await place('jest', installations.full[11]);
    const gateway = await startFakeGateway();
    cleanups.unshift(gateway.close);
    const redis = await startRedis();
    cleanups.unshift(() => redis.stop());
    const environment = { REDIS: redis.address, GATEWAY: gateway.host };
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');

    const { code, stderr } = await node([jest, '--rootDir', cwd, '--no-cache'], { cwd, environment });

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       3 passed, 3 total') });
  });
});

/** Of an entry of `exports` all files. */
function pathsOf(entry: ExportsEntry): string[] {
  return typeof entry === 'string' ? [entry.replace('./', '')] : Object.values(entry).flatMap(pathsOf);
}

function json(path: string): boolean {
  return path.endsWith('.json');
}

/**
 * The way of the data (ARCHITECTURE.md): caller -> handle -> buffer -> store -> snapshot -> text -> gateway. It has one
 * direction because each folder of lib/ may import only what stands here.
 */
const MAY_IMPORT = {
  errors: [],
  schematics: [],
  log: ['errors'],
  model: ['errors'],
  options: ['model', 'errors'],
  metrics: ['buffer', 'model', 'options', 'log', 'errors'],
  buffer: ['store', 'model', 'options', 'log', 'errors'],
  store: ['model', 'options', 'errors'],
  snapshot: ['store', 'model'],
  exposition: ['model'],
  http: ['options', 'errors'],
  gateway: ['http', 'prometheus', 'store', 'model', 'options', 'log', 'errors'],
  push: ['snapshot', 'exposition', 'gateway', 'buffer', 'store', 'model', 'options', 'log', 'errors'],
  prometheus: ['http', 'store', 'model', 'options', 'log', 'errors'],
  rules: ['model', 'options', 'errors'],
  instrument: ['push', 'metrics', 'store', 'model', 'options', 'log', 'errors'],
  doctor: ['gateway', 'prometheus', 'http', 'store', 'model', 'options', 'errors'],
};

/** Thin shells may import what they show, which is anything but the wiring; `module` wires all. */
const SHELLS = ['cli', 'config', 'console', 'health', 'opentelemetry', 'prom-client', 'scrape', 'testing'];
const UNBOUND = [...SHELLS, 'module'];

const anyOf = (names) => `(${names.join('|')})`;

const tableRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `lib/${folder}-imports`,
  comment: `lib/${folder} may import ${allowed.length > 0 ? allowed.map((name) => `lib/${name}`).join(', ') : 'nothing'}`,
  severity: 'error',
  from: { path: `^lib/${folder}/` },
  to: { path: '^lib/', pathNot: `^lib/${anyOf([folder, ...allowed])}/` },
}));

const npm = (name) => `(^|/)node_modules/${name}/|^${name}(/|$)`;

module.exports = {
  forbidden: [
    ...tableRules,
    {
      name: 'folder-in-the-table',
      comment: 'A new folder of lib/ needs a line in the table above',
      severity: 'error',
      from: { path: '^lib/[^/]+/', pathNot: `^lib/${anyOf([...Object.keys(MAY_IMPORT), ...UNBOUND])}/` },
      to: {},
    },
    {
      name: 'store-contract',
      comment: 'All know the contract of a store, lib/store/store.ts and index.ts; only lib/module knows the stores',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(store|module)/' },
      to: { path: '^lib/store/', pathNot: '^lib/store/(store|index)\\.ts$' },
    },
    {
      name: 'stores-apart',
      comment: 'The contract knows no store, and no store knows another',
      severity: 'error',
      from: { path: '^lib/store/([^/]+)' },
      to: { path: '^lib/store/[^/]+/', pathNot: '^lib/store/$1/' },
    },
    {
      name: 'plain-typescript',
      comment: 'lib/errors, lib/model and lib/exposition are computation only: no package, nothing of Node',
      severity: 'error',
      from: { path: '^lib/(errors|model|exposition)/' },
      to: { pathNot: '^lib/' },
    },
    {
      name: 'axios-in-http',
      comment: 'Time-outs, redirects, redaction and error mapping are decided in lib/http, once',
      severity: 'error',
      from: { path: '^(lib|sample-app)/', pathNot: '^lib/http/' },
      to: { path: npm('axios') },
    },
    {
      name: 'ioredis-in-store',
      comment: 'Only lib/store/redis talks to Redis; the types of its options may be named in lib/options',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(store/redis|options)/' },
      to: { path: npm('ioredis') },
    },
    {
      name: 'ioredis-types-in-options',
      comment: 'lib/options may import types of ioredis, not its code: it is loaded only where it is used',
      severity: 'error',
      from: { path: '^lib/options/' },
      to: { path: npm('ioredis'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nest-commander-in-cli',
      comment: 'nest-commander is an optional peer: only the sub-path ./cli may load it',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/cli/' },
      to: { path: npm('nest-commander') },
    },
    ...SHELLS.map((shell) => ({
      name: `${shell}-apart`,
      comment: 'It is a sub-path of its own, with packages of its own: there only for applications that import it',
      severity: 'error',
      from: { path: '^lib/', pathNot: `^lib/${shell}/` },
      to: { path: `^lib/${shell}/` },
    })),
    {
      name: 'page-in-the-browser',
      comment: 'Of the rest the page knows only the types of what it is told',
      severity: 'error',
      from: { path: '^lib/console/page/' },
      to: { path: '^lib/', pathNot: '^lib/console/(page/|feed/page-state\\.ts$)' },
    },
    {
      name: 'lib-stands-alone',
      comment: 'lib is published without the sample application and the tests, and imports itself by relative paths',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(sample-app|demo|test|dist)/' },
    },
    {
      name: 'lib-declares-its-packages',
      comment: 'What lib imports is a dependency or a peer in package.json: dev dependencies are not there for users',
      severity: 'error',
      // The page is published as text, with what it imports.
      from: { path: '^lib/', pathNot: '^lib/console/page/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'],
        dependencyTypesNot: ['npm-peer', 'npm'],
      },
    },
    {
      name: 'sample-app-by-name',
      comment: 'The sample application imports the package by its name, as users do',
      severity: 'error',
      from: { path: '^sample-app/' },
      to: { path: '^lib/' },
    },
    {
      name: 'sample-app-not-from-dist',
      comment: 'The sample application imports the package by its name, not by the path of the built files',
      severity: 'error',
      from: { path: '^sample-app/' },
      to: { path: '^dist/', dependencyTypes: ['local'] },
    },
    {
      name: 'sample-app-stands-alone',
      comment: 'The sample application is what users would write',
      severity: 'error',
      from: { path: '^sample-app/' },
      to: { path: '^(demo|test)/' },
    },
    {
      name: 'servers-in-demo',
      comment:
        'The demo starts servers with test/support, and shows the sample application; nothing else of the tests is for it',
      severity: 'error',
      from: { path: '^demo/' },
      to: { path: '^(lib|test)/', pathNot: '^test/support/' },
    },
    {
      name: 'test-support-stands-alone',
      comment: 'Servers are started without a line of what they test',
      severity: 'error',
      from: { path: '^test/support/' },
      to: { path: '^(lib|sample-app|dist)/|^test/(?!support/)' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it and it imports nothing: is it used?',
      severity: 'error',
      from: { orphan: true, path: '^(lib|sample-app|demo)/', pathNot: '/public/' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      // Its own name resolves only once it is built; the type check judges that import.
      to: { couldNotResolve: true, pathNot: '^nestjs-prometheus-pushgateway(/|$)' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    // Type-only imports count: a cycle of types is a cycle of ideas.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default', 'node'] },
  },
};

/**
 * Jest runs as CommonJS: on Node below 24.9 it cannot `require` ESM, so swc turns our sources and every ESM
 * dependency into CommonJS on the way in.
 */
const project = (name, { setup = false, folders = [name] } = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  testEnvironment: 'node',
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^nestjs-prometheus-pushgateway$': '<rootDir>/lib/index.ts',
    '^nestjs-prometheus-pushgateway/([a-z-]+)$': '<rootDir>/lib/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Their `exports` have nothing for CommonJS.
    '^@actions/(expressions|workflow-parser)$': '<rootDir>/node_modules/@actions/$1/dist/index.js',
    '^@actions/(expressions|workflow-parser)/(.+)$': '<rootDir>/node_modules/@actions/$1/dist/$2.js',
    '^(\\./(?:axios|ioredis|opentelemetry))\\.cjs$': '$1.cts',
  },
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs', importInterop: 'swc', ignoreDynamic: false },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/package/consumers/'],
  ...(setup ? { globalSetup: '<rootDir>/test/support/require-servers.ts' } : {}),
});

export default {
  projects: [
    project('unit', { folders: ['unit', 'proofs/cluster', 'proofs/soak'] }),
    project('search', { setup: true, folders: ['proofs/search'] }),
    project('conformance', { setup: true }),
    project('integration', { setup: true }),
    project('browser', { setup: true }),
    project('package'),
    // By `npm run test:servers`.
    project('servers', { setup: true }),
  ],
  // Two cores: real servers and their clients share them, and mostly wait for each other.
  maxWorkers: 3,
  // No test may depend on a fast machine: waits inside have deadlines of their own.
  testTimeout: 60_000,
};

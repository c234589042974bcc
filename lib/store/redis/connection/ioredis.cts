/** ioredis by `require`: by `import` Node would first search it for names, which takes half as long again. */

/**
 * Within a `try`, a bundler takes the package for one that may not be there: with `redis: 'memory'` it need not be.
 * @throws Error if it is not there, or cannot be loaded
 */
function loadIoredis(): typeof import('ioredis') {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import ... = require(...)` cannot stand in a `try`.
    return require('ioredis') as typeof import('ioredis');
  } catch (error) {
    throw new Error('Cannot load ioredis', { cause: error });
  }
}

export = { loadIoredis };

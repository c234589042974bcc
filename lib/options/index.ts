export { loadCronFor } from './cron.js';
export { optionsFromEnvironment } from './environment.js';
export * from './module-options.js';
export { describeRedis, givesPassword, redisUrl } from './redis/describe-redis.js';
export { isRedisClient, optionsOfClient, selectedDatabase, transformedCommand } from './redis/redis-client-options.js';
export { unknownRedisOptions } from './redis/redis-fault.js';
export * from './resolved-options.js';
export { RESOLVED_OPTIONS } from './tokens.js';
export { resolveOptions } from './validate.js';

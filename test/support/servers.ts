/** Real servers for tests and the demo, each a process of its own on a free loopback port. */
export { type Fault, FaultProxy, FAULTS, type Storm } from './fault-proxy.js';
export type { End } from './end-of.js';
export type { RunningServer } from './running-server.js';
export { freePort } from './free-port.js';
export { type HaproxyPorts, type HaproxyServerOptions, startHaproxy } from './start-haproxy.js';
export { type PrometheusServerOptions, startPrometheus } from './start-prometheus.js';
export { type PushgatewayServerOptions, startPushgateway } from './start-pushgateway.js';
export { type RedisServerOptions, startRedis } from './start-redis.js';
export { type RedisCluster, startRedisCluster } from './start-redis-cluster.js';
export { SENTINEL_MASTER, startSentinel } from './start-sentinel.js';

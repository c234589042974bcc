import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { MetricDefinition } from '../model/index.js';

/** Everything the module can be told. Only `prometheus.jobs` has no default. */
export interface PrometheusPushgatewayModuleOptions {
  prometheus: PrometheusOptions;
  pushgateway?: PushgatewayOptions;
  /** Metrics to define at start, as `forFeature` does. Default: none. */
  metrics?: readonly MetricDefinition[];
  /** When the application pushes by itself: every so often, by cron expression (5 or 6 fields), or never. Default every 15 s. */
  autoPush?: AutoPushOptions;
  /**
   * Push a last time when the application ends in order, after its own shutdown hooks: what they count counts.
   * Default: true, unless `autoPush` is false: then pushing is the application's own affair.
   */
  pushOnShutdown?: boolean;
  /**
   * Remove this instance's groups, from the gateway and from Redis, when the last process with this instance ends in order.
   * What Prometheus has not scraped by then is lost. Default false.
   */
  deleteOnShutdown?: boolean;
  /**
   * Longest time that storing and pushing may hold up the end of the application, in milliseconds. Where nothing waits to be
   * stored, or Redis was never reached, it ends at once. Default 5000.
   */
  shutdownTimeoutMs?: number;
  /**
   * Count pushes by outcome, moves between gateways and delays as metrics of the first job, named
   * `pushgateway_client_...`. Default false.
   */
  selfMetrics?: boolean;
  /**
   * For at least how long a new series of a counter, histogram or summary is pushed as 0 before its value is, in
   * milliseconds; 0: not at all. `increase()` counts from the first value that Prometheus has seen, so without it a series'
   * first increments are lost to it. Prometheus' scrape interval is the right value, and the price is that a new series
   * shows that much later. Default 0.
   */
  announceForMs?: number;
  /**
   * Label sets of one metric that get a series of their own in this process. Those past the limit are counted together in
   * the metric's series `{overflow="true"}`, and a warning says so once. Default 10000.
   */
  maxSeriesPerMetric?: number;
  /** Characters of a label value; a label set with a longer one is counted in `{overflow="true"}` too. Default 1024. */
  maxLabelValueLength?: number;
  /** Metric definitions of this application; one more is refused with an error. Default 1000. */
  maxMetrics?: number;
}

export interface PrometheusOptions extends EndpointOptions {
  /** `prometheus:9090`, or a URL with scheme and base path. Default `localhost:9090`. */
  host?: string;
  /** Grouping label of everything pushed; replicas with the same instance add up. Default `localhost`. */
  instance?: string;
  /** Jobs of this application, at least one. The first is the default job of metrics. */
  jobs: readonly string[];
  /**
   * Further labels that this environment's series have in Prometheus, and another's with the same job and instance have not,
   * such as `{ env: 'production' }` from a scrape configuration. They are only asked for, never pushed. Default: none.
   */
  labels?: Readonly<Record<string, string>>;
}

export interface PushgatewayOptions extends EndpointOptions {
  /**
   * `pushgateway:9091`, or a URL with scheme and base path: a gateway, or a load balancer that keeps each group on one. Or
   * the list of all gateways. Default `localhost:9091`.
   */
  host?: string | readonly string[];
  /**
   * Gateways that were `host` once and may still have groups of this application: they are removed there, with the
   * credentials given here, or in the URL. An address that is in neither list gets no credentials, whatever Redis says of it.
   * Take them out when `status` names them no longer. Default: none.
   */
  formerHosts?: readonly (string | FormerHost)[];
  /**
   * What several gateways are for. `sticky`: each group is kept on one of them. `broadcast`: each group goes to all of them,
   * and Prometheus needs the rules that the `rules` command prints. Default `sticky`.
   */
  strategy?: PushStrategy;
  /**
   * With several gateways: how long one may be silent before its groups move to another, in milliseconds. One that refuses
   * connections is left with the first scrape that fails too. While Prometheus still scrapes it, neither is left. Default 5000.
   */
  failoverAfterMs?: number;
  /**
   * Where the current values are kept. `host:port`, a `redis://`, `rediss://` or `unix://` URL, options of ioredis, the nodes of a
   * cluster, a client of your own (never closed by us), or `'memory'` for values of this process alone.
   * Default `localhost:6379`.
   */
  redis?: RedisConnection;
  /**
   * How many replicas of Redis must have a batch (`WAIT`) before it counts as stored. With one, what `flush()` has stored
   * survives the loss of the master; while replicas are missing, `flush()` and pushes fail and counts wait in this process.
   * Default 0: a failover loses what the master had not passed on yet.
   */
  waitForReplicas?: number;
  /** First part of every Redis key. Default `prometheus_pushgateway`. */
  keyPrefix?: string;
  /**
   * How long increments wait in this process before they go to Redis together, in milliseconds. Where that takes more than a
   * tenth of the time, since Redis is slow or very many series change, they wait longer: four times as long at the most.
   * Default 250.
   */
  flushIntervalMs?: number;
  /**
   * Remove groups, from the gateway and from Redis, whose processes have all given no sign of life for so many milliseconds:
   * for instances that never come back under their name, such as containers. Processes that set it watch each other's groups
   * under one `keyPrefix`. Default: never.
   */
  staleGroupAfterMs?: number;
  /**
   * Remove series with labels that nobody has updated for so many milliseconds, from Redis and with the next push from the
   * gateway; one that comes back begins at 0. To be the same in all processes. Default: never.
   */
  seriesTtlMs?: number;
  /** Compress what is pushed; a compressed push that is cut off on its way is refused whole by the gateway. Default true. */
  gzip?: boolean;
  /**
   * Send the body only after the gateway answered `100 Continue`, so that a push this process gave up is never applied
   * later. Turn it off for a proxy that does not know the header. Default true.
   */
  expectContinue?: boolean;
  /** Grouping labels beside job and instance. Default: none. */
  groupingLabels?: Readonly<Record<string, string>>;
}

/** A gateway that was configured once; {@link EndpointOptions} of its own, none of those of `pushgateway` but its proxy. */
export interface FormerHost extends EndpointOptions {
  /** As `pushgateway.host`, a single address. */
  host: string;
}

/** How groups are spread over several gateways. */
export type PushStrategy = 'sticky' | 'broadcast';

/** How to reach an HTTP server. */
export interface EndpointOptions {
  /** Basic auth, together with {@link password} or {@link passwordFile}. */
  username?: string;
  password?: string;
  /** Path of a file with the password, read before the first request and again whenever the server refuses it (401, 403). */
  passwordFile?: string;
  /** Sent as `Authorization: Bearer`; instead of a username. */
  bearerToken?: string;
  /** Path of a file with the token, such as one that Kubernetes rotates; read as {@link passwordFile} is. */
  bearerTokenFile?: string;
  /**
   * Sent with every request. A function is asked before the first request and again whenever the server refuses what it gave
   * (401, 403); a request that was refused is then sent once more. Default: none.
   */
  headers?: HttpHeaders | (() => HttpHeaders | Promise<HttpHeaders>);
  /** For an https host. Default: the system's certificate authorities, verification on. */
  tls?: TlsOptions;
  /**
   * An HTTP proxy on the way, `http://user:password@proxy:3128`, or `'environment'`: the one that `HTTP_PROXY`, `HTTPS_PROXY`
   * and `NO_PROXY` name. It is asked for a connection (CONNECT), also for http, and must allow that for the host's port. Default:
   * none, whatever the environment says.
   */
  proxy?: string;
  /** Longest time for one request, connecting included, in milliseconds. Default 10000. */
  timeoutMs?: number;
}

/** Values by name. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** PEM texts, as Node's `tls.connect` takes them. */
export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  passphrase?: string;
  servername?: string;
  /** Default true. */
  rejectUnauthorized?: boolean;
}

export type RedisConnection =
  string | RedisOptions | { nodes: ClusterNode[]; options?: ClusterOptions } | Redis | Cluster;

export type AutoPushOptions = false | { cron: string } | { everyMs: number };

/** Implemented by a class given to `forRootAsync({ useClass | useExisting })`. */
export interface PrometheusPushgatewayOptionsFactory {
  createPrometheusPushgatewayOptions():
    PrometheusPushgatewayModuleOptions | Promise<PrometheusPushgatewayModuleOptions>;
}

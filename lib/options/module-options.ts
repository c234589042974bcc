import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { MetricDefinition } from '../model/index.js';
import type { InstrumentOptions } from './instrument-options.js';

// What each option is for is said here, once: editors show it, and `npm run docs:options` makes the tables of
// docs/configuration.md of it: the first paragraph, and the page behind `@see`. That script also writes the lines with
// `@defaultValue`: defaults, checks and variables stand in schema.ts.

/** Everything the module can be told. Only `prometheus.jobs` has no default. */
export interface PrometheusPushgatewayModuleOptions {
  /** Where Prometheus is, and what this application is called there. */
  prometheus: PrometheusOptions;
  /** Where the gateways and Redis are, and how values travel. */
  pushgateway?: PushgatewayOptions;
  /**
   * Metrics to define at start, as `forFeature` does, but without `@InjectMetric`: `MetricsService` gives the handles.
   *
   * @defaultValue none
   */
  metrics?: readonly MetricDefinition[];
  /**
   * When the application pushes by itself: `{ everyMs }` (milliseconds), `{ cron }` (5 or 6 fields), or `false` for never.
   *
   * @defaultValue `{ everyMs: 15000 }`
   */
  autoPush?: AutoPushOptions;
  /**
   * Push a last time when the application ends in order, after its own shutdown hooks: what they count counts.
   *
   * With `autoPush: false` pushing is the application's own affair, this one too.
   *
   * @see docs/lifecycle.md
   * @defaultValue `true`, unless `autoPush` is `false`
   */
  pushOnShutdown?: boolean;
  /**
   * Remove this instance's groups, from the gateway and from Redis, when the last process with this instance ends in order.
   *
   * What Prometheus has not scraped by then is lost.
   *
   * @defaultValue `false`
   */
  deleteOnShutdown?: boolean;
  /**
   * Longest time that storing and pushing may hold up the end of the application, in milliseconds.
   *
   * Where nothing waits to be stored, or Redis was never reached, it ends at once.
   *
   * @defaultValue `5000`
   */
  shutdownTimeoutMs?: number;
  /**
   * Measure what becomes of pushes and of counts that wait, as metrics of the first job: `pushgateway_client_pushes_total` and others.
   *
   * @see docs/events.md#self-metrics
   * @defaultValue `false`
   */
  selfMetrics?: boolean;
  /**
   * What is measured without a line in the application, such as `{ http: true }`.
   *
   * @see docs/instrumenting.md
   * @defaultValue none
   */
  instrument?: InstrumentOptions;
  /**
   * Whether the gateway is told when a series of a counter, histogram or summary began: with the first push that showed it.
   *
   * A Prometheus that stores such times (2.50 or later, with `--enable-feature=created-timestamp-zero-ingestion`) counts a
   * series' first events in `increase()`. It takes 11 bytes of Redis a series. Only with {@link PushgatewayOptions.format}
   * other than `'text'`.
   *
   * @see docs/first-increments.md
   * @defaultValue `true`
   */
  startTimes?: boolean;
  /**
   * `'active-span'`: events of counters and histograms that are given no exemplar get `trace_id` and `span_id` of the active span
   * of OpenTelemetry, if it is sampled. It takes `@opentelemetry/api` in the application.
   *
   * @see docs/metrics.md#exemplars
   * @defaultValue none but those that are given
   */
  exemplars?: ExemplarSource;
  /**
   * For at least how long a new series is pushed as 0 before its value is, in milliseconds: Prometheus' scrape interval is
   * the right value, and `0` is not at all.
   *
   * `increase()` counts from the first value that Prometheus has seen, so without it the first increments of a counter,
   * histogram or summary are lost to it. The price is that a new series shows that much later.
   *
   * @see docs/first-increments.md
   * @defaultValue `0`
   */
  announceForMs?: number;
  /**
   * Label sets of one metric that get a series of their own in this process.
   *
   * Those past the limit are counted together in the metric's series `{overflow="true"}`, and a warning says so once.
   *
   * @see docs/limits.md
   * @defaultValue `10000`
   */
  maxSeriesPerMetric?: number;
  /**
   * Characters of a label value; a label set with a longer one is counted in `{overflow="true"}` too.
   *
   * @defaultValue `1024`
   */
  maxLabelValueLength?: number;
  /**
   * Metric definitions of this application; one more is refused with an error.
   *
   * @defaultValue `1000`
   */
  maxMetrics?: number;
}

/** Where Prometheus is, and what this application is called there. */
export interface PrometheusOptions extends EndpointOptions {
  /**
   * `host:port`, or a URL with scheme and base path.
   *
   * @defaultValue `'localhost:9090'`
   */
  host?: string;
  /**
   * Grouping label of everything pushed; replicas with the same instance add up.
   *
   * @defaultValue `'localhost'`
   */
  instance?: string;
  /**
   * Jobs of this application, at least one. The first is the default job of metrics.
   */
  jobs: readonly string[];
  /**
   * Labels that tell this environment's series in Prometheus from another's with the same job and instance, such as
   * `{ env: 'production' }` of a scrape configuration. They are only asked for, never pushed.
   *
   * @defaultValue none
   */
  labels?: Readonly<Record<string, string>>;
}

/** Where the gateways and Redis are, and how values travel. */
export interface PushgatewayOptions extends EndpointOptions {
  /**
   * `host:port` or a URL with scheme and base path: a gateway, or a load balancer that keeps each group on one. Or the list
   * of all gateways.
   *
   * @see docs/several-gateways.md
   * @defaultValue `'localhost:9091'`
   */
  host?: string | readonly string[];
  /**
   * Gateways that were `host` once, as addresses or `{ host, username, password, ... }`: what this application has left
   * there is removed.
   *
   * The credentials are those given here, or in the URL. An address that is in neither list gets no credentials, whatever
   * Redis says of it. Take them out when `status` names them no longer.
   *
   * @see docs/several-gateways.md#moving
   * @defaultValue none
   */
  formerHosts?: readonly (string | FormerHost)[];
  /**
   * What several gateways are for: `'sticky'` keeps each group on one of them, `'broadcast'` brings it to all.
   *
   * With `'broadcast'` Prometheus needs the rules that the `rules` command prints.
   *
   * @defaultValue `'sticky'`
   */
  strategy?: PushStrategy;
  /**
   * With several gateways: how long one may be silent before its groups move to another, in milliseconds.
   *
   * One that refuses connections is left with the first scrape that fails too. While Prometheus still scrapes it, neither is
   * left.
   *
   * @defaultValue `5000`
   */
  failoverAfterMs?: number;
  /**
   * Where the current values are kept: `host:port`, a `redis://`, `rediss://` or `unix://` URL, options of ioredis,
   * `{ nodes, options }` of a cluster, a client of your own (never closed by us), or `'memory'` for values of this process
   * alone.
   *
   * @see docs/redis.md
   * @defaultValue `'localhost:6379'`
   */
  redis?: RedisConnection;
  /**
   * How many replicas of Redis must have a batch before it counts as stored (`WAIT`).
   *
   * With one, what `flush()` has stored survives the loss of the master; while replicas are missing, `flush()` and pushes
   * fail and counts wait in this process. With 0 a failover loses what the master had not passed on yet.
   *
   * @see docs/redis.md
   * @defaultValue `0`
   */
  waitForReplicas?: number;
  /**
   * First part of every Redis key.
   *
   * @defaultValue `'prometheus_pushgateway'`
   */
  keyPrefix?: string;
  /**
   * How long increments wait in this process before they go to Redis together, in milliseconds; up to four times that where
   * Redis is slow or very many series change.
   *
   * It is longer where sending takes more than a tenth of the time.
   *
   * @defaultValue `250`
   */
  flushIntervalMs?: number;
  /**
   * Remove groups, from the gateway and from Redis, whose processes have all given no sign of life for this time, in
   * milliseconds.
   *
   * It is for instances that never come back under their name, such as containers. Processes that set it watch each other's
   * groups under one `keyPrefix`.
   *
   * @see docs/lifecycle.md
   * @defaultValue never
   */
  staleGroupAfterMs?: number;
  /**
   * Remove series with labels that nobody has updated for this time, in milliseconds, from Redis and with the next push from the
   * gateway; one that comes back begins at 0.
   *
   * It must be the same in all processes. Values of a gauge with `aggregation` stay as long as their process lives.
   *
   * @defaultValue never
   */
  seriesTtlMs?: number;
  /**
   * Whether names of metrics, labels and grouping labels may be any UTF-8, such as `http.server.duration`; otherwise they are refused.
   *
   * It takes Pushgateways 1.11 or later that run with `--push.enable-utf8-names`, and Prometheus 3.
   *
   * @see docs/metrics.md#names-in-utf-8
   * @defaultValue `false`
   */
  utf8Names?: boolean;
  /**
   * How values travel to the gateway: `'protobuf'`, `'text'`, or `'auto'`, which is protobuf where the gateway takes it.
   *
   * What the gateway shows is the same.
   *
   * @see docs/pushing.md#format
   * @defaultValue `'auto'`
   */
  format?: PushFormat;
  /**
   * Compress what is pushed; a gateway refuses a compressed push that is cut off on its way.
   *
   * @defaultValue `true`
   */
  gzip?: boolean;
  /**
   * Send the body only after the gateway answered `100 Continue`, so that a push this process gave up is never applied
   * later. Turn it off for a proxy that does not know `Expect` (one that answers 417 is remembered).
   *
   * @defaultValue `true`
   */
  expectContinue?: boolean;
  /**
   * Grouping labels beside job and instance.
   *
   * @defaultValue none
   */
  groupingLabels?: Readonly<Record<string, string>>;
}

/** A gateway that was configured once; {@link EndpointOptions} of its own, none of those of `pushgateway` but its proxy. */
export interface FormerHost extends EndpointOptions {
  /** As `pushgateway.host`, a single address. */
  host: string;
}

/** How groups are spread over several gateways. */
export type PushStrategy = 'sticky' | 'broadcast';

/** How values travel to a gateway. */
export type PushFormat = 'auto' | 'protobuf' | 'text';

/** Where exemplars come from that are not given with an event. */
export type ExemplarSource = 'active-span';

/** How to reach an HTTP server. */
export interface EndpointOptions {
  /**
   * Basic auth, together with `password` or `passwordFile`.
   *
   * @defaultValue none
   */
  username?: string;
  /**
   * The password of basic auth.
   *
   * @defaultValue none
   */
  password?: string;
  /**
   * Path of a file with the password, read before the first request and again whenever the server refuses it (401, 403).
   *
   * @see docs/configuration.md#credentials-that-change
   * @defaultValue none
   */
  passwordFile?: string;
  /**
   * Sent as `Authorization: Bearer`; instead of a user name.
   *
   * @defaultValue none
   */
  bearerToken?: string;
  /**
   * Path of a file with the token, such as one that Kubernetes rotates; read as `passwordFile` is.
   *
   * @see docs/configuration.md#credentials-that-change
   * @defaultValue none
   */
  bearerTokenFile?: string;
  /**
   * Sent with every request: an object, or a function that gives one.
   *
   * A function is asked before the first request and again whenever the server refuses what it gave (401, 403); a request
   * that was refused is then sent once more.
   *
   * @see docs/configuration.md#credentials-that-change
   * @defaultValue none
   */
  headers?: HttpHeaders | (() => HttpHeaders | Promise<HttpHeaders>);
  /**
   * For an https host: `{ ca, cert, key, passphrase, servername, rejectUnauthorized }`.
   *
   * @defaultValue the system's authorities
   */
  tls?: TlsOptions;
  /**
   * An HTTP proxy on the way, `http://user:password@proxy:3128`, or `'environment'`: the one that `HTTP_PROXY`, `HTTPS_PROXY`
   * and `NO_PROXY` name.
   *
   * It is asked for a connection (CONNECT), also for http, and must allow that for the host's port.
   *
   * @see docs/configuration.md#through-a-proxy
   * @defaultValue none, whatever the environment says
   */
  proxy?: string;
  /**
   * Longest time for one request, connecting included, in milliseconds.
   *
   * @defaultValue `10000`
   */
  timeoutMs?: number;
}

/** Values by name. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** What Node's `tls.connect` takes; certificates and keys as PEM texts. */
export interface TlsOptions {
  /** Authorities to trust in the place of the system's. */
  ca?: string | Buffer;
  /** Certificate of this client, for servers that ask for one. */
  cert?: string | Buffer;
  /** Private key of {@link cert}. */
  key?: string | Buffer;
  /** Passphrase of {@link key}. */
  passphrase?: string;
  /** The name that the server's certificate must have, where it is not that of the host. */
  servername?: string;
  /**
   * Refuse a server whose certificate no trusted authority has signed.
   * @defaultValue `true`
   */
  rejectUnauthorized?: boolean;
}

/** Where Redis is: an address, options of ioredis, nodes of a cluster, a client; or `'memory'`. */
export type RedisConnection =
  string | RedisOptions | { nodes: ClusterNode[]; options?: ClusterOptions } | Redis | Cluster;

/** Never, by cron expression of 5 or 6 fields, or at an interval in milliseconds. */
export type AutoPushOptions = false | { cron: string } | { everyMs: number };

/** Implemented by a class given to `forRootAsync({ useClass | useExisting })`. */
export interface PrometheusPushgatewayOptionsFactory {
  /** The options; asked once, at start. */
  createPrometheusPushgatewayOptions():
    PrometheusPushgatewayModuleOptions | Promise<PrometheusPushgatewayModuleOptions>;
}

import { endpointOf } from '../http/index.js';
import { type Endpoint, PROMETHEUS_PORT, type ResolvedOptions } from '../options/index.js';
import type { Store } from '../store/index.js';
import { checkClocks, type ClockReading } from './checks/clocks.check.js';
import { checkContested, probeContested } from './checks/contested.check.js';
import type { Finding } from './finding.js';
import { checkGateways } from './checks/gateway.check.js';
import { type AddressFacts, probeAddress } from './probes/gateway.probe.js';
import { checkGroups } from './checks/groups.check.js';
import { checkNatives } from './checks/native-histograms.check.js';
import { checkNeighbours } from './checks/neighbours.check.js';
import { checkPrometheus } from './checks/prometheus.check.js';
import { probeNatives } from './probes/native-histograms.probe.js';
import { probeNeighbours } from './probes/neighbours.probe.js';
import { type PrometheusFacts, probePrometheus } from './probes/prometheus.probe.js';
import { checkStore, probeStore, type StoreAnswer } from './checks/redis.check.js';
import { checkStarts, newestOf } from './checks/start-times.check.js';
import { checkScripts, probeScripts } from './checks/scripts.check.js';
import { checkNames } from './checks/utf8-names.check.js';

/** What to examine. */
export interface Installation {
  readonly options: ResolvedOptions;
  readonly store: Store;
  /** Prometheus beside the configured one, which take the same credentials. Default: none. */
  readonly replicas?: readonly string[];
}

/**
 * Examines an installation: asks all servers side by side, changes nothing but keys of its own in Redis, and goes on whatever is down. Each request
 * has the time-out of its endpoint.
 * @throws ConfigurationError for a replica that is no address.
 */
export async function examine({ options, store, replicas = [] }: Installation): Promise<Finding[]> {
  const { prometheus, gateways, jobs } = options;
  const further = replicas.map((host) => replicaOf(prometheus, host)).filter(({ url }) => url !== prometheus.url);
  const probed = Promise.all(gateways.map((gateway) => probeAddress(gateway, jobs)));
  const newest = probed.then((all) => newestOf(all, options));
  const [storeAnswer, scripts, neighbours, contested, natives, addresses, prometheuses] = await Promise.all([
    probeStore(() => store.diagnose()),
    probeScripts(store),
    probeNeighbours(store, options),
    probeContested(store, options),
    probeNatives(store, options),
    probed,
    Promise.all(
      [prometheus, ...further].map((endpoint, at) =>
        probePrometheus(endpoint, { jobs, isConfigured: at === 0, newest }),
      ),
    ),
  ]);
  return [
    ...checkStore(storeAnswer, store.address, options),
    ...checkScripts(scripts, storeAnswer, store.address, options),
    ...checkGateways(addresses, options),
    ...prometheuses.flatMap((facts) => checkPrometheus(facts, addresses, options)),
    ...checkStarts(prometheuses, addresses, options),
    ...checkNatives(prometheuses, addresses, natives),
    ...checkNames(prometheuses, addresses, options),
    ...checkGroups(addresses, options),
    ...checkNeighbours(neighbours, options),
    ...checkContested(contested),
    ...checkClocks(clocksOf(storeAnswer, addresses, prometheuses)),
  ];
}

/**
 * A Prometheus beside the configured one. Credentials in its own URL come before the configured ones.
 * @throws ConfigurationError for what is no address.
 */
export function replicaOf(prometheus: Endpoint, host: string): Endpoint {
  const { headers, tls, proxy, timeoutMs } = prometheus;
  const own = endpointOf(host, { headers, tls, timeoutMs, ...(proxy !== undefined && { proxy }) }, PROMETHEUS_PORT);
  return own.username === undefined ? { ...prometheus, url: own.url } : own;
}

function clocksOf(
  store: StoreAnswer,
  addresses: readonly AddressFacts[],
  prometheuses: readonly PrometheusFacts[],
): ClockReading[] {
  const servers = 'facts' in store ? store.facts.filter(({ isShared }) => isShared) : [];
  const gateways = addresses.flatMap((address) => address.gateways);
  return [
    ...servers.map(({ address, clockAheadMs }): ClockReading => ({ subject: address, server: 'store', clockAheadMs })),
    ...gateways.map(({ subject, clockAheadMs }): ClockReading => ({ subject, server: 'gateway', clockAheadMs })),
    ...prometheuses.map(({ address, clockAheadMs }): ClockReading => ({
      subject: address,
      server: 'prometheus',
      clockAheadMs,
    })),
  ];
}

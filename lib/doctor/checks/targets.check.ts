import { error, type Finding, ok, warning } from '../finding.js';
import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';
import type { PrometheusFacts, Target } from '../probes/prometheus.probe.js';

/** A gateway and what Prometheus has of it; no target if it does not scrape it. */
export interface ScrapedGateway {
  readonly gateway: GatewayFacts;
  readonly targets: readonly Target[];
}

/**
 * What Prometheus scrapes of each gateway: told by address; under another name or behind a balancer, by the moment its
 * process began, which Prometheus scrapes too. Gateways that were started together may share that moment (it has
 * hundredths of a second), but no target.
 */
export function matchTargets(gateways: readonly GatewayFacts[], facts: PrometheusFacts): ScrapedGateway[] {
  const free = new Set(facts.targets);
  const take = (found: readonly Target[]): readonly Target[] => {
    for (const target of found) free.delete(target);
    return found;
  };
  const byAddress = new Map(
    gateways.map((gateway) => [
      gateway,
      take([...free].filter(({ url }) => gateway.name === undefined && hostPort(url) === hostPort(gateway.address))),
    ]),
  );
  return gateways.map((gateway) => {
    const sameAddress = byAddress.get(gateway) ?? [];
    if (sameAddress.length > 0) return { gateway, targets: sameAddress };
    const starts = facts.gatewayStarts.filter(({ value }) => value === gateway.contents?.startedAt);
    const sameStart = [...free].find(({ labels }) =>
      starts.some(({ metric }) => metric['job'] === labels['job'] && metric['instance'] === labels['instance']),
    );
    return { gateway, targets: take(sameStart === undefined ? [] : [sameStart]) };
  });
}

/** Host and port, the scheme's own port filled in: as Prometheus labels `instance`. */
export function hostPort(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

const CHECK = 'prometheus.targets';
const WHY = {
  sticky: 'Groups that are on this gateway are not in this Prometheus',
  broadcast: 'Its copies are not in this Prometheus: when the other gateways are away, nothing is',
};

/** Whether this Prometheus scrapes every gateway, and no balancer. */
export function checkTargets(
  facts: PrometheusFacts,
  addresses: readonly AddressFacts[],
  scraped: readonly ScrapedGateway[],
  isBroadcast: boolean,
): Finding[] {
  if (facts.targetsFailure) return [unknownTargets(facts, scraped)];
  const faults = [
    ...addresses.flatMap((address) => scrapedBalancer(facts, address)),
    ...scraped.flatMap((each) => scrapeFault(facts, each, isBroadcast ? WHY.broadcast : WHY.sticky)),
  ];
  if (faults.length > 0 || scraped.length === 0) return faults;
  const all = scraped.length === 1 ? 'the gateway' : `all ${scraped.length} gateways`;
  return [ok(CHECK, facts.address, `scrapes ${all}`)];
}

function scrapeFault({ address }: PrometheusFacts, { gateway, targets }: ScrapedGateway, why: string): Finding[] {
  const { subject } = gateway;
  if (targets.length === 0) {
    if (gateway.contents?.startedAt === undefined) {
      return [
        warning(CHECK, address, `scrapes nothing at ${subject}, perhaps the gateway under another address`, {
          why,
          fix: 'Run this again when the gateway can be read, or look at the targets of Prometheus',
        }),
      ];
    }
    return [
      error(CHECK, address, `does not scrape ${subject}`, {
        why,
        fix: 'Add it to the targets of the scrape job for gateways',
      }),
    ];
  }
  if (targets.some(({ health }) => health === 'up')) return [];
  const down = targets.find(({ health }) => health === 'down');
  if (down === undefined) {
    return [
      warning(CHECK, address, `has not scraped ${subject} yet`, {
        why,
        fix: 'Run this again after a scrape',
      }),
    ];
  }
  return [
    error(CHECK, address, `cannot scrape ${subject}: ${down.lastError}`, {
      why,
      fix: `See what Prometheus needs to reach it (scrape job ${down.pool}: address, metrics_path, credentials, TLS)`,
    }),
  ];
}

function scrapedBalancer(
  { address, targets = [] }: PrometheusFacts,
  { address: pushed, balancer }: AddressFacts,
): Finding[] {
  if (balancer === 'none' || !targets.some(({ url }) => hostPort(url) === hostPort(pushed))) return [];
  return [
    error(CHECK, address, `scrapes the load balancer ${pushed}`, {
      why: 'Each scrape sees whichever gateway answers: groups of the others come and go',
      fix: 'Let it scrape each gateway behind it, and not the balancer',
    }),
  ];
}

/** Without the list of targets, the gateways whose own metrics Prometheus has are scraped; of others nothing is known. */
function unknownTargets(
  { address, targetsFailure, gatewayStarts }: PrometheusFacts,
  scraped: readonly ScrapedGateway[],
): Finding {
  const starts = gatewayStarts.map(({ value }) => value);
  const unseen = scraped.filter(({ gateway }) => {
    const at = starts.findIndex((start) => start === gateway.contents?.startedAt);
    if (at >= 0) starts.splice(at, 1);
    return at < 0;
  });
  if (unseen.length === 0) return ok(CHECK, address, 'has metrics of every gateway');
  const names = unseen.map(({ gateway }) => gateway.subject).join(', ');
  return warning(CHECK, address, `cannot tell whether it scrapes ${names}: ${targetsFailure?.finding ?? ''}`, {
    why: 'Groups on a gateway that is not scraped are not in this Prometheus',
    fix: 'Let this process read /api/v1/targets, or look at the targets of Prometheus; Thanos, Mimir and VictoriaMetrics answer queries and have no targets: look at those of the servers that scrape for them',
  });
}

import { GATEWAY_HEADER } from '../../gateway/index.js';
import type { PushTransport, ResolvedOptions } from '../../options/index.js';
import { error, type Finding, ok, warning } from '../finding.js';
import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';
import { isBefore, type Version } from './version.js';

/** The first version that takes compressed pushes. */
const TAKES_GZIP: Version = [1, 5];
/** The first version that refuses a plain body which was cut off. */
const REFUSES_CUT_BODIES: Version = [1, 6];

export function checkGateways(addresses: readonly AddressFacts[], options: ResolvedOptions): Finding[] {
  const hasSeveral = addresses.length > 1 || addresses.some(({ balancer }) => balancer !== 'none');
  const gateways = addresses.flatMap((address) => address.gateways);
  return [
    ...addresses.flatMap((address) => balancer(address, addresses.length > 1)),
    ...sameProcess(addresses),
    ...gateways.flatMap((gateway) => checkGateway(gateway, hasSeveral, options.gateways[0])),
  ];
}

const BACKEND =
  'balance uri; hash-type consistent; stick on path if { path_beg /metrics/job }; ' +
  `http-response set-header ${GATEWAY_HEADER} %s; use-server %[req.hdr(${GATEWAY_HEADER})] if { req.hdr(${GATEWAY_HEADER}) -m found }; ` +
  `force-persist if { req.hdr(${GATEWAY_HEADER}) -m found }`;

function balancer({ address, balancer: kind, gateways }: AddressFacts, isOneOfSeveral: boolean): Finding[] {
  const check = 'gateway.balancer';
  if (kind === 'none') return [];
  if (isOneOfSeveral) {
    return [
      error(check, address, 'is a load balancer in a list of gateways', {
        why: 'What is kept on one gateway, or removed from it, is so only if each address is one gateway',
        fix: 'List the gateways themselves as pushgateway.host, or this one address alone',
      }),
    ];
  }
  if (kind === 'naming') {
    const names = gateways.map(({ name }) => name ?? '').join(', ');
    return [ok(check, address, `is a load balancer that names its gateways: ${names}`)];
  }
  return [
    error(check, address, 'is a load balancer that does not name its gateways and spreads requests over them', {
      why: 'A group ends up on several gateways, and Prometheus reads every scrape of an older copy as a counter reset',
      fix: `List the gateways as pushgateway.host, or take the backend of docker/haproxy/haproxy.cfg: ${BACKEND}`,
    }),
  ];
}

/** Two addresses of one process would look like two copies of each group. */
function sameProcess(addresses: readonly AddressFacts[]): Finding[] {
  const known = new Map<string, string>();
  const single = addresses.filter(({ balancer: kind }) => kind === 'none');
  return single.flatMap(({ address, gateways: [gateway] }) => {
    const process = gateway?.process;
    if (process === undefined) return [];
    const other = known.get(process);
    known.set(process, address);
    if (other === undefined) return [];
    return [
      error('gateway.distinct', address, `is the same gateway as ${other}`, {
        why: 'A group that moves from one to the other is removed from both',
        fix: 'List each gateway once as pushgateway.host',
      }),
    ];
  });
}

function checkGateway(gateway: GatewayFacts, hasSeveral: boolean, transport: PushTransport): Finding[] {
  const { subject, failure, status, contents, contentsFailure, proxy } = gateway;
  const by = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  if (failure || !status) {
    const { finding, fix } = failure ?? { finding: 'did not answer', fix: 'Start it' };
    return [error('gateway.reachable', subject, finding, { why: 'Nothing can be pushed to it', fix })];
  }
  return [
    status.ready
      ? ok('gateway.reachable', subject, `answers${by} and is ready`)
      : error('gateway.reachable', subject, `answers${by}, but is not ready`, {
          why: 'It is about to end, or cannot keep what is pushed',
          fix: 'See its log',
        }),
    version(subject, status.version, transport),
    persistence(subject, status.flags['persistence.file'] ?? '', hasSeveral),
    consistency(subject, status.flags['push.disable-consistency-check'] === 'true', contents?.samples),
    ...(contentsFailure
      ? [
          warning('gateway.contents', subject, `cannot tell what it holds: ${contentsFailure.finding}`, {
            why: 'Groups that are on two gateways, or that nobody pushes any more, go unseen',
            fix: 'Let this process read what Prometheus reads there',
          }),
        ]
      : []),
  ];
}

function version(subject: string, text: string, { gzip }: PushTransport): Finding {
  const check = 'gateway.version';
  if (gzip && isBefore(text, TAKES_GZIP)) {
    return error(check, subject, `version ${text} takes no compressed pushes`, {
      why: 'Each push is refused',
      fix: 'Install 1.5.0 or later, or set pushgateway.gzip to false',
    });
  }
  if (!gzip && isBefore(text, REFUSES_CUT_BODIES)) {
    return warning(check, subject, `version ${text}, and pushgateway.gzip is off`, {
      why: 'It takes a plain push that is cut off at the end of a line for the whole: the rest of the group is gone until the next push',
      fix: isBefore(text, TAKES_GZIP) ? 'Install a later one' : 'Set pushgateway.gzip to true, or install a later one',
    });
  }
  return ok(check, subject, `version ${text}`);
}

function persistence(subject: string, file: string, hasSeveral: boolean): Finding {
  const check = 'gateway.persistence';
  if (file === '') return ok(check, subject, 'keeps groups in memory only');
  if (!hasSeveral) return ok(check, subject, 'keeps groups on disk; with one gateway that does no harm');
  return warning(check, subject, 'keeps groups on disk (--persistence.file)', {
    why: 'It comes back from a crash with old values of groups that have moved on: a counter reset to each Prometheus that scrapes them',
    fix: 'Start it with --persistence.file= (Redis has the values)',
  });
}

/** The check costs a walk through all samples per push. Without it, after one bad push Prometheus gets no group at all. */
function consistency(subject: string, isOff: boolean, samples: number | undefined): Finding {
  const check = 'gateway.consistency';
  if (!isOff) {
    return ok(
      check,
      subject,
      `checks each push${samples === undefined ? '' : ` against the ${samples} samples it has`}`,
    );
  }
  return warning(check, subject, 'takes pushes unchecked (--push.disable-consistency-check)', {
    why: 'One push whose types clash with those of another group makes the whole page of metrics fail, and the push is called a success',
    fix: 'Start it without --push.disable-consistency-check; many small gateways are quicker than one unchecked',
  });
}

import { deletionCommand } from '../../gateway/index.js';
import { groupingLabels } from '../../model/index.js';
import type { Endpoint, ResolvedOptions } from '../../options/index.js';
import { distinctGateways } from './distinct-gateways.js';
import { error, type Finding, ok, warning } from '../finding.js';
import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';
import { spanText } from './intervals.js';
import type { PushedGroup } from '../../gateway/index.js';

/** After this many intervals without a push, a group counts as abandoned. */
const INTERVALS_TO_BE_OLD = 10;
const YOUNGEST_OLD_MS = 5 * 60_000;
/** For applications that push at times of their own. */
const OLD_WITHOUT_AUTO_PUSH_MS = 24 * 3_600_000;
/** How many left-over groups a finding names. */
const SHOWN = 3;

/** One group on one gateway. */
interface Copy {
  readonly gateway: GatewayFacts;
  readonly group: PushedGroup;
  readonly ageMs: number;
}

/** What the gateways hold of this application's jobs. */
export function checkGroups(addresses: readonly AddressFacts[], options: ResolvedOptions, now = Date.now()): Finding[] {
  const gateways = distinctGateways(addresses);
  const readable = gateways.filter(({ contents }) => contents !== undefined);
  if (readable.length === 0) return [];
  const copies = copiesById(readable, options.jobs, now);
  const pushMs = options.pushIntervalMs;
  const oldMs =
    pushMs === undefined ? OLD_WITHOUT_AUTO_PUSH_MS : Math.max(INTERVALS_TO_BE_OLD * pushMs, YOUNGEST_OLD_MS);

  const own = options.jobs.map((job) =>
    Object.fromEntries(groupingLabels({ job, instance: options.instance, labels: options.groupingLabels })),
  );
  const isComplete = readable.length === gateways.length;
  const others = new Map(copies);
  for (const labels of own) others.delete(idOf(labels));
  return [
    ...own.flatMap((labels) => ownGroup(labels, copies.get(idOf(labels)) ?? [], { isComplete, oldMs })),
    ...(options.isBroadcast
      ? own.flatMap((labels) => missingCopies(labels, copies.get(idOf(labels)) ?? [], readable))
      : [...copies.values()].flatMap((each) => onTwoGateways(each, options.gateways[0]))),
    ...options.jobs.flatMap((job) => leftOver(job, [...others.values()].flat(), oldMs, options.gateways[0])),
  ];
}

function copiesById(gateways: readonly GatewayFacts[], jobs: readonly string[], now: number): Map<string, Copy[]> {
  const copies = new Map<string, Copy[]>();
  for (const gateway of gateways) {
    for (const group of gateway.contents?.groups ?? []) {
      // Refused pushes leave a group that holds nothing.
      if (group.pushedAt === 0 || !jobs.includes(group.labels['job'] ?? '')) continue;
      const ageMs = Math.max(0, now + (gateway.clockAheadMs ?? 0) - group.pushedAt);
      const id = idOf(group.labels);
      copies.set(id, [...(copies.get(id) ?? []), { gateway, group, ageMs }]);
    }
  }
  return copies;
}

function ownGroup(
  labels: PushedGroup['labels'],
  copies: readonly Copy[],
  { isComplete, oldMs }: { isComplete: boolean; oldMs: number },
): Finding[] {
  const check = 'groups.pushed';
  const [latest] = byAge(copies);
  if (latest === undefined) {
    if (!isComplete) return [];
    return [
      warning(check, nameOf(labels), 'is on no gateway', {
        why: 'Nothing was pushed for this job and instance, or it was pushed elsewhere',
        fix: 'Push once (the command push says what hinders it), and see whether a process with autoPush runs',
      }),
    ];
  }
  const where = `on ${latest.gateway.subject}`;
  if (latest.ageMs <= oldMs)
    return [ok(check, nameOf(labels), `was pushed ${spanText(latest.ageMs)} ago, is ${where}`)];
  return [
    warning(check, nameOf(labels), `was last pushed ${spanText(latest.ageMs)} ago, is ${where}`, {
      why: 'A gateway shows old values at each scrape as if they were of now',
      fix: 'See whether a process with autoPush runs, and what its log says of pushes',
    }),
  ];
}

function onTwoGateways(copies: readonly Copy[], endpoint: Endpoint): Finding[] {
  const [latest, ...older] = byAge(copies);
  if (latest === undefined || older.length === 0) return [];
  const where = copies.map(({ gateway }) => gateway.subject).join(' and ');
  const stale = older.map(({ gateway, ageMs }) => `${gateway.subject} (pushed ${spanText(ageMs)} ago)`).join(', ');
  const curls = older.map((copy) => deletion(copy, endpoint)).join('; ');
  return [
    error('groups.one-gateway', nameOf(latest.group.labels), `is on ${where}; the older copy is on ${stale}`, {
      why: 'Prometheus sees one series from two sources: every scrape of the older copy is a counter reset, and increase() gains about the whole value',
      fix: `Push once, which removes copies left by a move; if it is still there: ${curls}`,
    }),
  ];
}

function missingCopies(
  labels: PushedGroup['labels'],
  copies: readonly Copy[],
  gateways: readonly GatewayFacts[],
): Finding[] {
  const missing = gateways.filter((gateway) => !copies.some((copy) => copy.gateway === gateway));
  if (copies.length === 0 || missing.length === 0) return [];
  return [
    warning('groups.every-gateway', nameOf(labels), `is not on ${missing.map(({ subject }) => subject).join(', ')}`, {
      why: 'With strategy broadcast each gateway has a copy; a query that relies on this one has none',
      fix: 'Push once, and see what the log says of pushes to it',
    }),
  ];
}

function leftOver(job: string, others: readonly Copy[], oldMs: number, endpoint: Endpoint): Finding[] {
  const old = byAge(others).filter(({ group, ageMs }) => group.labels['job'] === job && ageMs > oldMs);
  const [first] = old;
  if (first === undefined) return [];
  const shown = old.slice(0, SHOWN).map(({ group, ageMs }) => `${nameOf(group.labels)} (${spanText(ageMs)} ago)`);
  const more = old.length > SHOWN ? ` and ${old.length - SHOWN} more` : '';
  const what = old.length === 1 ? '1 other group' : `${old.length} other groups`;
  return [
    warning('groups.left-over', `job ${job}`, `${what} nobody pushes any more: ${shown.join(', ')}${more}`, {
      why: 'Gateways show them for ever: sums count replicas that are gone',
      fix: `Remove what no process pushes: ${deletion(first, endpoint)}`,
    }),
  ];
}

/** The latest push first. */
function byAge(copies: readonly Copy[]): Copy[] {
  return [...copies].sort((a, b) => a.ageMs - b.ageMs);
}

/** What to type. */
function deletion({ gateway, group }: Copy, login: Endpoint): string {
  // The gateway says instance="" of a group that has none; nobody pushes an empty one.
  const key = Object.fromEntries(
    Object.entries(group.labels).filter(([name, value]) => name !== 'instance' || value !== ''),
  );
  return deletionCommand({ job: group.labels['job'] ?? '', ...key }, gateway, login);
}

function idOf(labels: PushedGroup['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `job shop, instance a, zone b`. */
function nameOf({ job, instance, ...others }: PushedGroup['labels']): string {
  const all = [['job', job], ['instance', instance], ...Object.entries(others)] as const;
  return all.flatMap(([name, value]) => (value ? [`${name} ${value}`] : [])).join(', ');
}

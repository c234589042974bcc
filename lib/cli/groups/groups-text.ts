import { spanText } from '../../doctor/checks/intervals.js';
import { printable } from '../../errors/printable.js';
import { groupingLabels } from '../../model/index.js';
import type { Output } from '../output.js';
import { table } from '../screen/table.js';
import { coloured, wrapped } from '../terminal.js';
import type { GroupState, Ours } from './group-state.js';
import type { GatewayGroups, HeldGroup } from './read-groups.js';

const COLOURS = { current: 'green', copy: 'red', idle: 'cyan', orphan: 'yellow' } as const;

/** A table for each gateway, then what the words in it mean. */
export function groupsText(gateways: readonly GatewayGroups[], ours: Ours, output: Output): string {
  const states = new Set(gateways.flatMap(({ groups }) => groups.map(({ state }) => state)));
  const meanings = Object.entries(meaningsOf(ours))
    .filter(([state]) => states.has(state as GroupState) && state !== 'current')
    .map(([state, meaning]) => `${state.padEnd(7)}  ${wrapped(meaning, 9, output)}\n`);
  return [
    ...gateways.map((gateway) => gatewayText(gateway, output)),
    ...(meanings.length > 0 ? [meanings.join('')] : []),
  ].join('\n');
}

function gatewayText({ gateway, version, samples, failure, groups }: GatewayGroups, output: Output): string {
  if (failure !== undefined)
    return `${coloured(wrapped(printable(`${gateway}: ${failure}`), 2, output), 'red', output)}\n`;
  const count = `${groups.length} ${groups.length === 1 ? 'group' : 'groups'}, ${samples ?? 0} samples`;
  const head = `${printable(`${gateway}: Pushgateway ${version ?? ''}, ${count}`)}\n`;
  return groups.length === 0 ? head : `${head}${groupTable(groups, output)}`;
}

function groupTable(groups: readonly HeldGroup[], output: Output): string {
  const hasLabels = groups.some(({ group }) => Object.keys(group.labels).length > 0);
  const columns = [
    { title: 'job' },
    { title: 'instance' },
    ...(hasLabels ? [{ title: 'labels' }] : []),
    { title: 'pushed' },
    { title: 'state' },
  ];
  const rows = groups.map(({ group, ageMs, state }) => [
    group.job,
    group.instance,
    ...(hasLabels
      ? [
          Object.entries(group.labels)
            .map(([name, value]) => `${name}="${value}"`)
            .join(', '),
        ]
      : []),
    ageMs === undefined ? 'never' : `${spanText(ageMs)} ago`,
    state in COLOURS ? { text: state, colour: COLOURS[state as keyof typeof COLOURS] } : state,
  ]);
  return table(columns, rows, output);
}

function meaningsOf({ olderThanMs }: Ours): Record<GroupState, string> {
  const long = spanText(olderThanMs);
  return {
    current: 'where it belongs',
    copy: 'The group belongs to another gateway. The next push removes an old copy; if it stays, see what doctor says.',
    orphan: `Its processes are gone, and it was pushed over ${long} ago. --delete-orphans removes it from gateways; its values stay in Redis.`,
    idle: `Its processes are gone, but it was pushed less than ${long} ago (--older-than).`,
    unknown:
      'Of a job of this application, but Redis has no note of it: pushed by another environment, or noted in a Redis that was emptied. It is never removed by this command.',
    other:
      'Of a job that this application does not have. It is never removed, unless you name its job with --job and Redis knows that we pushed it.',
  };
}

/** `job shop, instance one` */
export function nameOf({ group }: HeldGroup): string {
  return groupingLabels(group)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** What `--json` prints. */
export function plainGroups(gateways: readonly GatewayGroups[], removed?: ReadonlyMap<HeldGroup, string>): object[] {
  return gateways.map(({ gateway, version, samples, failure, groups }) => ({
    gateway,
    ...(version !== undefined && { version }),
    ...(samples !== undefined && { samples }),
    ...(failure !== undefined && { error: failure }),
    groups: groups.map((held) => {
      const outcome = removed?.get(held);
      return {
        labels: Object.fromEntries(groupingLabels(held.group)),
        ...(held.pushedAt !== undefined && { pushedAt: new Date(held.pushedAt).toISOString() }),
        state: held.state,
        ...(outcome !== undefined && { removed: outcome === '', ...(outcome !== '' && { reason: outcome }) }),
      };
    }),
  }));
}

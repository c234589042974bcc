import { randomUUID } from 'node:crypto';
import { definitionShape, type Group, resolveDefinition, type ResolvedDefinition } from '../../../model/index.js';
import type { FamilyUpdates, Update } from '../../series.js';
import type { Store } from '../../store.js';

export type StoreParts = Pick<
  Store,
  'series' | 'shapes' | 'turns' | 'ledgers' | 'announcements' | 'processes' | 'removal' | 'signsOfLife'
>;

const GROUP: Group = { job: 'trial', instance: 'trial', labels: {} };
const GATEWAY = 'http://trial:9091';
const LABELS = 'a="b"';
const A_MINUTE = 60_000;

const counter = resolveDefinition({ name: 'a', help: 'A', type: 'counter', labelNames: ['a'], prefetch: true });
const gauge = resolveDefinition({ name: 'b', help: 'B', type: 'gauge' });
const histogram = resolveDefinition({ name: 'c', help: 'C', type: 'histogram', buckets: [1] });
const summary = resolveDefinition({ name: 'd', help: 'D', type: 'summary' });
const parts = resolveDefinition({ name: 'e', help: 'E', type: 'gauge', aggregation: 'sum' });
const definitions = [counter, gauge, histogram, summary, parts];

const changes = (definition: ResolvedDefinition, ...updates: Update[]): FamilyUpdates => ({
  family: definition.name,
  shape: definitionShape(definition),
  updates,
});

/** Does everything once that is asked of a store: every script runs. */
export async function rehearse(store: StoreParts): Promise<void> {
  const process = randomUUID();
  await count(store, process);
  await store.processes.leave(GROUP, process);
  await restoreAndRead(store);
  await pushAndRemove(store);
  await store.signsOfLife.beat({ process, groups: [GROUP], gateways: [GATEWAY], isWatched: true });
  await store.signsOfLife.gateways(A_MINUTE, GROUP);
  await store.signsOfLife.silentGroups(A_MINUTE);
  await store.signsOfLife.strike(GROUP, A_MINUTE);
  await store.signsOfLife.leave(process, [GROUP], A_MINUTE);
}

async function count({ series, shapes, processes }: StoreParts, process: string): Promise<void> {
  const number = await series.number(GROUP, process, 0);
  if (number.outcome !== 'numbered') return;
  const { writer, sequence } = number;
  await processes.live(GROUP, process);
  const bins = [{ slice: 0, bin: 0, count: 1 }];
  const exemplar = { bucket: 0, labels: LABELS, value: 1, timeMs: 0 };
  const exemplars = [LABELS, 'a="c"'].map((labels) => ({ labels, exemplars: [exemplar] }));
  await series.apply(GROUP, {
    writer,
    sequence,
    wantsNext: true,
    clear: [],
    definitions,
    families: [
      {
        ...changes(counter, { op: 'add', labels: LABELS, value: 1 }, { op: 'add', labels: 'a="c"', value: 0.5 }),
        exemplars,
      },
      changes(gauge, { op: 'set', labels: '', value: 1 }),
      changes(histogram, { op: 'observe', labels: '', counts: [1, 0], sum: 1 }),
      changes(parts, { op: 'part', labels: '', process, value: 1 }),
      changes(summary, { op: 'sketch', labels: '', sum: 1, count: 1, bins, oldestSlice: 0 }),
    ],
  });
  const removal = changes(counter, { op: 'remove', labels: 'a="c"' });
  await series.apply(GROUP, {
    writer,
    sequence: sequence + 1,
    clear: [gauge.name],
    definitions: [],
    families: [removal],
  });
  await shapes.settle(GROUP, A_MINUTE, [{ family: counter.name, shape: definitionShape(counter) }]);
  await shapes.contested(GROUP);
}

async function restoreAndRead({ series, removal }: StoreParts): Promise<void> {
  await series.restoring(GROUP);
  await series.restore(GROUP, counter, [{ labels: LABELS, value: 5 }]);
  await series.families(GROUP);
  for await (const _ of series.readText(GROUP, await series.families(GROUP), { asAnnounced: true, exemplars: true }));
  await series.sweep(GROUP);
  await removal.expireSeries(GROUP);
}

async function pushAndRemove({ turns, announcements, ledgers, removal }: StoreParts): Promise<void> {
  const wish = { ttlMs: A_MINUTE, knownPushAt: 1, silentMs: A_MINUTE, shownForMs: A_MINUTE, withExemplars: true };
  const { turn = '', now } = await turns.begin(GROUP, wish);
  await turns.keep(GROUP, turn, A_MINUTE);
  await turns.collects(GROUP, [gauge.name], A_MINUTE);
  await announcements.release(GROUP, A_MINUTE);
  await ledgers.noteHolder(GROUP, turn, GATEWAY);
  await ledgers.noteCopies(GROUP, turn, [`${GATEWAY}/other`]);
  await ledgers.noteSilence(GROUP, turn, 1);
  await ledgers.noteUnreachable(GROUP, GATEWAY, true);
  const { holds } = await ledgers.read(GROUP);
  for (const [gateway, hold] of Object.entries(holds)) await ledgers.strikeCopy(GROUP, gateway, hold);
  await announcements.noteShown(GROUP, now);
  await turns.end(GROUP, turn, now);
  const last = await turns.take(GROUP, A_MINUTE);
  // At once, though it was written just now: a time that far ahead counts as long ago.
  await removal.removeGroup(GROUP, last.turn ?? '', 0);
}

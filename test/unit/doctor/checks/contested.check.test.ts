import { checkContested, probeContested } from '../../../../lib/doctor/checks/contested.check.js';
import { resolveDefinition } from '../../../../lib/model/index.js';
import type { ResolvedOptions } from '../../../../lib/options/index.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';

const OPTIONS = { jobs: ['shop', 'stock'], instance: 'host', groupingLabels: {} } as Partial<ResolvedOptions>;

it('finds metrics that processes define in different ways, and says what to do', async () => {
  const store = new MemoryStore();
  const group = { job: 'shop', instance: 'host', labels: {} };
  for (const [writer, type] of [
    ['old', 'gauge'],
    ['new', 'counter'],
  ] as const) {
    const definitions = [resolveDefinition({ name: 'depth', help: 'x', type })];
    await store.series.apply(group, { writer, sequence: 1, clear: [], definitions, families: [] });
  }
  expect(checkContested(await probeContested(store, OPTIONS as ResolvedOptions))).toEqual([
    {
      check: 'metrics.definition',
      severity: 'warning',
      subject: 'metric depth of job shop',
      finding: 'is shown as gauge; values as counter wait',
      why: expect.stringContaining('Processes define the metric in different ways') as string,
      fix: expect.stringContaining("clear('shop', 'depth')") as string,
    },
  ]);
});

it('finds nothing where all processes agree, and where the store does not answer', async () => {
  const store = new MemoryStore();
  expect(checkContested(await probeContested(store, OPTIONS as ResolvedOptions))).toEqual([]);
  jest.spyOn(store.shapes, 'contested').mockRejectedValue(new Error('away'));
  expect(await probeContested(store, OPTIONS as ResolvedOptions)).toEqual([]);
});

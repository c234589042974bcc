import { orphansOf, removeOrphans } from '../../../../lib/cli/groups/remove-orphans.js';
import type { HeldGroup } from '../../../../lib/cli/groups/read-groups.js';
import type { Ledger } from '../../../../lib/store/index.js';

const held = (instance: string, state: HeldGroup['state'] = 'orphan'): HeldGroup => ({
  group: { job: 'shop', instance, labels: {} },
  pushedAt: 1,
  ageMs: 5_000,
  state,
});
const ledgers = (copies: string[] = []) => ({ read: () => Promise.resolve({ copies } as unknown as Ledger) });

it('finds orphans alone', () => {
  const orphan = held('a');
  const groups = [orphan, held('b', 'current'), held('c', 'unknown'), held('d', 'other'), held('e', 'idle')];
  expect(orphansOf([{ gateway: 'x', groups }])).toEqual([orphan]);
});

it('removes each group once, and says of each what became of it', async () => {
  const asked: unknown[] = [];
  const orphans = [held('gone'), held('gone'), held('busy'), held('down')];
  const remover = {
    removeFromGateways: (group: HeldGroup['group'], quietForMs: number) => {
      asked.push([group.instance, quietForMs]);
      if (group.instance === 'down') return Promise.reject(new Error('unreachable'));
      return Promise.resolve(group.instance === 'busy' ? undefined : ['a']);
    },
  };
  const removed = await removeOrphans(orphans, { remover, ledgers: ledgers(['a']), quietForMs: 7 });
  expect(asked).toEqual([
    ['gone', 7],
    ['busy', 7],
    ['down', 7],
  ]);
  expect([...removed.values()]).toEqual(['', '', expect.stringMatching(/counted or pushed it since/), 'unreachable']);
});

import fc from 'fast-check';
import type { Group } from '../../../../lib/model/index.js';
import { GroupStates } from '../../../../lib/store/memory/group-states.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import { failureOf, searches } from '../search.js';
import { plans } from './plans.js';
import { type FragileStore, NEVER_MS, run } from './run.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };

async function memory(): Promise<FragileStore> {
  const nothing = await new GroupStates().of(group);
  let state = structuredClone(nothing);
  const groups: Pick<GroupStates, 'of'> = { of: () => Promise.resolve(state) };
  const { series } = new MemoryStore({}, groups as GroupStates);
  const failing = async <Result>(failsAt: number | undefined, act: () => Promise<Result>): Promise<Result> => {
    if (failsAt === undefined) return act();
    // Nothing it does fails half-way: before it, or when it is done and cannot say so.
    if (failsAt % 2 === 0) await act();
    throw new Error('injected');
  };
  return {
    store: {
      apply: (to, batch, failsAt) => failing(failsAt, () => series.apply(to, batch)),
      number: (of, writer, last, failsAt) => failing(failsAt, () => series.number(of, writer, last)),
      read: (of, definition) => series.read(of, definition),
    },
    empty: () => {
      state = structuredClone(nothing);
      return Promise.resolve();
    },
    save: () => {
      const saved = structuredClone(state);
      return Promise.resolve(() => {
        state = structuredClone(saved);
        return Promise.resolve();
      });
    },
  };
}

/** Timers of the buffers are one more thing that happens at any time. */
function timersOf(scheduler: fc.Scheduler): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const cleared = new Set<number>();
  let timers = 0;
  Object.assign(globalThis, {
    setTimeout: (act: () => void, delayMs: number) => {
      const timer = ++timers;
      if (delayMs >= NEVER_MS) return timer;
      void scheduler.schedule(Promise.resolve(), 'timer').then(() => {
        if (!cleared.has(timer)) act();
      });
      return timer;
    },
    clearTimeout: (timer: number) => cleared.add(timer),
  });
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  };
}

it.each(searches(400))(
  'nothing counted is lost untold or doubled, and what was removed stays so, in any order of things; --seed $seed',
  async (search) => {
    const failure = await failureOf(search, [fc.scheduler(), plans], async (scheduler, plan) => {
      const restore = timersOf(scheduler);
      try {
        await run(scheduler, plan, group, await memory());
      } finally {
        restore();
      }
    });
    expect(failure).toBeUndefined();
  },
);

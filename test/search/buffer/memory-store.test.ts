import fc from 'fast-check';
import type { Group } from '../../../lib/model/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { failureOf, searches } from '../search.js';
import { plans } from './plans.js';
import { type EmptyableStore, run } from './run.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };

function memory(): EmptyableStore {
  let store = new MemoryStore();
  return {
    store: {
      apply: (to, batch) => store.series.apply(to, batch),
      number: (of, writer, last) => store.series.number(of, writer, last),
      read: (of, definition) => store.series.read(of, definition),
    },
    empty: () => {
      store = new MemoryStore();
      return Promise.resolve();
    },
  };
}

/** Timers of the buffers are one more thing that happens at any time. */
function timersOf(scheduler: fc.Scheduler): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const cleared = new Set<number>();
  let timers = 0;
  Object.assign(globalThis, {
    setTimeout: (act: () => void) => {
      const timer = ++timers;
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
  'nothing counted is lost or doubled, and what was removed stays so, in any order of things; --seed $seed',
  async (search) => {
    const failure = await failureOf(search, [fc.scheduler(), plans], async (scheduler, plan) => {
      const restore = timersOf(scheduler);
      try {
        await run(scheduler, plan, group, memory());
      } finally {
        restore();
      }
    });
    expect(failure).toBeUndefined();
  },
);

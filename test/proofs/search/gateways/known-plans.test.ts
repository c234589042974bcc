import { Logger } from '@nestjs/common';
import { type Plan, run } from './run.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}));

beforeAll(() => {
  Logger.overrideLogger(false);
});

const QUIET_MS = 15_000;

/** Times between two: what a fault meets depends on every request before it, and changes with the product. */
function* times(fromMs: number, toMs: number, stepMs: number): Generator<number> {
  for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) yield atMs;
}

/** What searches have found, each at many moments. */
const known: readonly { readonly name: string; readonly plans: () => Generator<Plan> }[] = [
  {
    // --seed 330122967
    name: 'a gateway freezes that alone was scraped since the last push',
    *plans() {
      for (const atMs of times(3_500, 6_500, 150)) {
        const freeze = { kind: 'gateway freezes', which: 0, atMs, durationMs: 5_219 } as const;
        yield { route: 'broadcast', faults: [freeze], dice: [29, 56, 5, 5], quietMs: QUIET_MS, order: 1 };
      }
    },
  },
  {
    // --seed 330122969
    name: 'a gateway restarts empty, gets a push, and cannot be reached before it is scraped again',
    *plans() {
      const group = { dice: [48, 54, 35, 34, 17], quietMs: QUIET_MS, order: 1 };
      for (const atMs of times(11_250, 12_250, 250)) {
        for (const laterMs of times(500, 2_300, 300)) {
          const restart = { kind: 'gateway dies', atMs, durationMs: 50 } as const;
          const cut = { kind: 'gateway refuses pushers', atMs: atMs + laterMs, durationMs: 9_056 } as const;
          const faultsOf = (which: number) => [restart, cut].map((fault) => ({ ...fault, which }));
          yield { route: 'address', faults: faultsOf(0), ...group };
          yield { route: 'list', faults: faultsOf(1), ...group };
        }
      }
    },
  },
  {
    // --seed 201
    name: 'a gateway thaws, takes what had waited, and is struck when it has promised to delete that',
    *plans() {
      const dice = [47, 48, 49, 59, 28, 0, 59, 9, 38, 0, 0, 3, 7, 0, 0, 3, 0, 18, 10, 55, 45, 32, 11, 31, 28, 1, 3, 8];
      const death = { kind: 'pusher dies', which: 3, atMs: 12, durationMs: 50 } as const;
      for (const durationMs of times(7_600, 8_000, 20)) {
        const freeze = { kind: 'gateway freezes', which: 0, atMs: 8_001, durationMs } as const;
        yield { route: 'address', faults: [freeze, death], dice, quietMs: QUIET_MS, order: 738_210_385 };
      }
    },
  },
  {
    // --seed 10
    name: 'the ledger is lost while a gateway that Prometheus scrapes cannot be reached',
    *plans() {
      const group = { dice: [48, 54, 35, 34, 17], quietMs: QUIET_MS, order: 1 };
      for (const kind of ['gateway refuses pushers', 'gateway is cut off'] as const) {
        for (const which of [0, 1, 2]) {
          for (const laterMs of times(-900, 900, 300)) {
            const cut = { kind, which, atMs: 9_000, durationMs: 8_000 };
            const loss = { kind: 'ledger is lost', which: 0, atMs: 9_000 + laterMs, durationMs: 50 } as const;
            yield { route: 'list', faults: [cut, loss], ...group };
          }
        }
      }
    },
  },
  {
    // --seed 1201
    name: 'a gateway that has left the list is cut off while it is asked to let a group go',
    *plans() {
      const before = [
        { kind: 'gateway is cut off', which: 1, atMs: 2_500, durationMs: 4_306 },
        { kind: 'list changes', which: 1, atMs: 8_262, durationMs: 1_139 },
        { kind: 'list changes', which: 0, atMs: 0, durationMs: 4_460 },
      ] as const;
      const dice = [29, 10, 52, 0, 31, 11, 8, 51, 0, 49, 23, 38, 55, 22, 28, 0, 12, 52, 7, 9, 10, 3];
      for (const atMs of times(11_481, 11_561, 2)) {
        const faults = [...before, { kind: 'gateway is cut off', which: 1, atMs, durationMs: 706 } as const];
        yield { route: 'list', faults, dice, quietMs: QUIET_MS, order: 812_006_413 };
      }
    },
  },
  {
    // --seed 1204
    name: 'the ledger is lost, and a gateway refuses pushers while it is asked to let the group go',
    *plans() {
      const before = { kind: 'gateway refuses pushers', which: 1, atMs: 0, durationMs: 2_180 } as const;
      const loss = { kind: 'ledger is lost', which: 0, atMs: 3_780, durationMs: 50 } as const;
      const dice = [6, 23, 2, 32, 21, 4, 0, 57, 3, 7, 17, 29, 0, 38, 54, 0, 10, 0, 0, 19, 0, 19, 19, 17];
      const rest = [18, 49, 44, 50, 0, 12, 38, 8, 48, 0, 42];
      for (const atMs of times(5_306, 5_366, 2)) {
        const refusal = { kind: 'gateway refuses pushers', which: 0, atMs, durationMs: 210 } as const;
        const faults = [before, loss, refusal];
        yield { route: 'list', faults, dice: [...dice, ...rest], quietMs: QUIET_MS, order: 2 };
      }
    },
  },
];

it.each(known)('$name', async ({ plans }) => {
  for (const plan of plans()) await expect(run(plan)).resolves.toBeUndefined();
});

import { judge, type Result } from './judge.js';
import type { Figures, Group } from './row.js';

const ROUNDS = 5;

export interface GroupResult {
  readonly results: readonly Result[];
  /** One line for each contestant that cannot run here. */
  readonly skipped: readonly string[];
}

/** Runs the contestants in turn (us, peer, us, peer, ...), so that whatever else the machine does meets both. */
export async function runGroup(group: Group, progress: (line: string) => void): Promise<GroupResult> {
  const field = await group.start();
  try {
    const rounds: Record<string, Figures[]> = {};
    const count = group.rounds ?? ROUNDS;
    for (let round = 1; round <= count; round += 1) {
      for (const [name, run] of Object.entries(field.contestants)) {
        progress(`${group.name}: ${name}, round ${round} of ${count}`);
        (rounds[name] ??= []).push(await run());
      }
    }
    const isHere = (path: string | undefined): boolean =>
      path === undefined || (path.split('.')[0] as string) in field.contestants;
    return {
      results: group.rows.filter((row) => isHere(row.us) && isHere(row.peer)).map((row) => judge(row, rounds)),
      skipped: Object.entries(field.absent ?? {}).map(([name, reason]) => `${group.name}: ${name} skipped, ${reason}`),
    };
  } finally {
    await field.stop();
  }
}

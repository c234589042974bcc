/** A processor that BullMQ runs in a process of its own. */
import type { Job } from 'bullmq';

export default function process({ attemptsMade, data }: Job<{ fails: number }>): Promise<void> {
  if (attemptsMade < data.fails) throw new Error('not yet');
  return Promise.resolve();
}

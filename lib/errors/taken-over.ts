import { PushLockError } from './push.errors.js';

/** What a process hears that comes back to a push which is not its own any more. */
export function takenOver(job: string): PushLockError {
  return new PushLockError(`Job "${job}": this process was too slow, another one has taken over pushing it`);
}

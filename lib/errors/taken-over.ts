import { PushLockError } from './push.errors.js';

/** The message for a process whose turn another one took over, as after it was frozen. */
export function takenOver(job: string): PushLockError {
  return new PushLockError(`Job "${job}": this process was too slow, another one has taken over pushing it`);
}

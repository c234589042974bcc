import { untilSignal } from '../../../lib/cli/until-signal.js';

it.each(['stdout', 'stderr'] as const)('a watch ends when the reader of its %s is gone', (name) => {
  const output = process[name];
  const listeners = output.listenerCount('error');
  const { signal, stop } = untilSignal();
  expect(signal.aborted).toBe(false);
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(signal.aborted).toBe(true);
  stop();
  expect(output.listenerCount('error')).toBe(listeners);
});

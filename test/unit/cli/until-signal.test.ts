import { untilSignal } from '../../../lib/cli/until-signal.js';

it.each(['stdout', 'stderr'] as const)('a watch ends when the reader of its %s is gone', (name) => {
  const output = process[name];
  const listeners = output.listenerCount('error');
  const end = untilSignal();
  expect(end.signal.aborted).toBe(false);
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(end.signal.aborted).toBe(true);
  end.stop();
  expect(output.listenerCount('error')).toBe(listeners);
});

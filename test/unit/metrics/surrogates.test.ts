import { startProcess, stopProcesses, valuesOf } from './support.js';

afterEach(stopProcesses);

it('takes texts that are stored alike for one series', async () => {
  const { metrics } = startProcess();
  const depth = metrics.gauge({ name: 'depth', help: 'Depth', labelNames: ['queue'] });
  depth.set({ queue: '\ud800' }, 1);
  depth.set({ queue: '\ufffd' }, 2);
  depth.set({ queue: '\ud800' }, 3);
  expect(depth.labels('\ud800')).toBe(depth.labels('\ufffd'));
  expect(await valuesOf(depth)).toEqual({ 'depth{queue="\ufffd"}': 3 });
  depth.remove('\udfff');
  expect(await valuesOf(depth)).toEqual({});
});

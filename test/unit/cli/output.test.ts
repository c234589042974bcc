import { doctorText } from '../../../lib/cli/doctor-report.js';
import { complain, forMachines, jsonLine } from '../../../lib/cli/output.js';
import { PushProgress } from '../../../lib/cli/push-progress.js';
import { jsonReport, textReport } from '../../../lib/cli/push-report.js';
import type { PushResult } from '../../../lib/model/index.js';

const HOSTILE = 'x\u001b]0;title\u0007\u009b2J\u202e\r\ny';
// eslint-disable-next-line no-control-regex -- what no line may hold
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

const result: PushResult = {
  job: HOSTILE,
  instance: HOSTILE,
  gateway: HOSTILE,
  gateways: [HOSTILE],
  outcome: 'failed',
  series: 0,
  bytes: 0,
  durationMs: 1,
  reason: HOSTILE,
};

afterEach(() => {
  jest.restoreAllMocks();
});

it('shows results of pushes on one line each', () => {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) };
  const report = textReport(output, new PushProgress(output, () => undefined));
  report.end(result);
  report.end({ ...result, outcome: 'pushed' });
  jsonReport(output).close([result]);
  for (const line of written) expect(line.slice(0, -1)).not.toMatch(OBEYED);
  expect(written.join('').split('\n')).toHaveLength(4);
  expect(written).toHaveLength(3);
  expect(JSON.parse(written[2] as string)).toEqual([result]);
});

it('shows findings on one line each', () => {
  const advice = { why: HOSTILE, fix: HOSTILE };
  const text = doctorText([{ check: 'c', severity: 'error', subject: HOSTILE, finding: HOSTILE, ...advice }], {
    write: () => true,
  });
  expect(text).not.toMatch(OBEYED);
  expect(text.split('\n')).toHaveLength(4);
});

it('shows errors', () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  complain('push', HOSTILE);
  expect(write.mock.calls).toEqual([['push: x\\u001b]0;title\\u0007\\u009b2J\\u202e\\u000d\ny\n']]);
});

it('gives JSON that means the very values', () => {
  expect(jsonLine({ a: HOSTILE })).not.toMatch(OBEYED);
  expect(JSON.parse(jsonLine({ a: HOSTILE }))).toEqual({ a: HOSTILE });
});

it('changes a text for machines on a terminal only', () => {
  const text = 'orders{type="\u001b[2J"} 1\n';
  expect(forMachines(text, { write: () => true })).toBe(text);
  expect(forMachines(text, { write: () => true, isTTY: true })).toBe('orders{type="\\u001b[2J"} 1\n');
});

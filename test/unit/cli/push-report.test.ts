import { PushProgress } from '../../../lib/cli/push-progress.js';
import { jsonReport, textReport } from '../../../lib/cli/push-report.js';
import { HttpTimeoutError } from '../../../lib/errors/index.js';
import type { PushResult } from '../../../lib/model/index.js';

const pushed: PushResult = {
  job: 'shop',
  instance: 'one',
  gateway: 'http://gateway:9091',
  gateways: ['http://gateway:9091'],
  outcome: 'pushed',
  series: 12,
  bytes: 345,
  durationMs: 6.7,
};
const failed: PushResult = {
  ...pushed,
  job: 'payments',
  outcome: 'failed',
  reason: 'too slow',
  error: new HttpTimeoutError('too slow'),
};

const before = process.env['NO_COLOR'];
beforeEach(() => {
  delete process.env['NO_COLOR'];
});
afterAll(() => {
  if (before !== undefined) process.env['NO_COLOR'] = before;
});

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('textReport', () => {
  it('writes one line a job', () => {
    const out = output(false);
    const report = textReport(out, new PushProgress(out, () => undefined));
    report.begin(['shop', 'payments']);
    report.end(failed);
    report.end(pushed);
    report.close([pushed, failed]);
    expect(out.written).toEqual([
      'payments: failed after 7 ms: too slow\n',
      'shop: pushed 12 series (345 bytes) of instance one to http://gateway:9091 in 7 ms\n',
    ]);
  });

  it('erases the progress before it writes to the same terminal', () => {
    const written: string[] = [];
    const progress = {
      begin: (jobs: readonly string[]) => written.push(`begin ${jobs.join()}`),
      end: (job: string) => written.push(`end ${job}`),
      clear: () => undefined,
    } as unknown as PushProgress;
    const report = textReport({ isTTY: true, write: (text: string) => written.push(text) }, progress);
    report.begin(['shop', 'payments']);
    report.end(failed);
    report.end(pushed);
    report.close([pushed, failed]);
    expect(written).toEqual([
      'begin shop,payments',
      'end payments',
      'payments: \u001b[31mfailed\u001b[39m after 7 ms: too slow\n',
      'end shop',
      'shop: \u001b[32mpushed\u001b[39m 12 series (345 bytes) of instance one to http://gateway:9091 in 7 ms\n',
    ]);
  });
});

describe('jsonReport', () => {
  it('writes one array a round, in the order of the jobs, with codes for errors', () => {
    const out = output(true);
    const report = jsonReport(out);
    report.begin(['shop', 'payments']);
    report.end(failed);
    report.end(pushed);
    report.close([pushed, failed]);
    expect(out.written).toHaveLength(1);
    expect(out.written[0]).toMatch(/\n$/);
    expect(JSON.parse(out.written[0] as string)).toEqual([
      { ...pushed, durationMs: 7 },
      { ...pushed, durationMs: 7, job: 'payments', outcome: 'failed', reason: 'too slow', code: 'ERR_HTTP_TIMEOUT' },
    ]);
  });
});

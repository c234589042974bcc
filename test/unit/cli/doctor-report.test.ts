import { doctorText } from '../../../lib/cli/doctor-report.js';
import type { Finding } from '../../../lib/doctor/index.js';

const passed: Finding = { check: 'a', severity: 'ok', subject: 'redis://r:6379', finding: 'takes writes' };
const advice = { why: 'Numbers go wrong', fix: 'Mend it' };

it('writes one aligned line a finding, the worst first, then a summary', () => {
  const text = doctorText([
    passed,
    { check: 'b', severity: 'warning', subject: 'http://g:9091', finding: 'keeps groups on disk', ...advice },
    { ...passed, finding: 'answers' },
    { check: 'c', severity: 'error', subject: 'p', finding: 'is down', ...advice },
  ]);
  expect(text).toBe(
    [
      'error    p               is down. Numbers go wrong. Fix: Mend it',
      'warning  http://g:9091   keeps groups on disk. Numbers go wrong. Fix: Mend it',
      'ok       redis://r:6379  takes writes',
      'ok       redis://r:6379  answers',
      '',
      '1 error, 1 warning, 2 checks passed',
      '',
    ].join('\n'),
  );
});

it('lets one long subject move its own line only', () => {
  const [first, second] = doctorText([{ ...passed, subject: 'x'.repeat(60) }, passed]).split('\n');
  expect(first).toBe(`ok       ${'x'.repeat(60)}  takes writes`);
  expect(second).toBe(`ok       ${'redis://r:6379'.padEnd(44)}  takes writes`);
});

import { doctorText } from '../../../lib/cli/doctor-report.js';
import type { Finding } from '../../../lib/doctor/index.js';

const passed: Finding = { check: 'a', severity: 'ok', subject: 'redis://r:6379', finding: 'takes writes' };
const FILE = { write: () => undefined };
const TERMINAL = { ...FILE, isTTY: true, columns: 60 };
const advice = { why: 'Numbers go wrong', fix: 'Mend it' };

it('writes one aligned line a finding, the worst first, then a summary', () => {
  const text = doctorText(
    [
      passed,
      { check: 'b', severity: 'warning', subject: 'http://g:9091', finding: 'keeps groups on disk', ...advice },
      { ...passed, finding: 'answers' },
      { check: 'c', severity: 'error', subject: 'p', finding: 'is down', ...advice },
    ],
    FILE,
  );
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
  const [first, second] = doctorText([{ ...passed, subject: 'x'.repeat(60) }, passed], FILE).split('\n');
  expect(first).toBe(`ok       ${'x'.repeat(60)}  takes writes`);
  expect(second).toBe(`ok       ${'redis://r:6379'.padEnd(44)}  takes writes`);
});

describe('on a terminal', () => {
  const before = process.env['NO_COLOR'];
  beforeEach(() => {
    delete process.env['NO_COLOR'];
  });
  afterEach(() => {
    if (before !== undefined) process.env['NO_COLOR'] = before;
    else delete process.env['NO_COLOR'];
  });

  const finding: Finding = {
    check: 'c',
    severity: 'error',
    subject: 'p',
    finding: 'is down',
    ...advice,
    fix: 'Mend it '.repeat(6).trim(),
  };

  it('has colours, and is wrapped by its width below its own column', () => {
    expect(doctorText([finding], TERMINAL).split('\n')).toEqual([
      '\u001b[31merror\u001b[39m    p  is down. Numbers go wrong. Fix: Mend it Mend it',
      '            Mend it Mend it Mend it Mend it',
      '',
      '1 error, 0 warnings, 0 checks passed',
      '',
    ]);
  });

  it('has no colours with NO_COLOR, and no column where there is no room for one', () => {
    process.env['NO_COLOR'] = '1';
    const [first, second] = doctorText([finding], { ...TERMINAL, columns: 40 }).split('\n');
    expect(first).toBe('error    p  is down. Numbers go wrong.');
    expect(second).toBe('  Fix: Mend it Mend it Mend it Mend it');
  });

  it('is in one line each where nobody knows the width, or it is none', () => {
    expect(doctorText([finding], { ...FILE, isTTY: true }).split('\n')).toHaveLength(4);
    expect(doctorText([finding], FILE).split('\n')).toHaveLength(4);
  });
});

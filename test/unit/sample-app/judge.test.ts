import { Judge, worst } from '../../../sample-app/page/judge.js';
import { refusalOf } from '../../../sample-app/page/page.guard.js';
import { inPlainWords } from '../../../sample-app/page/place.js';
import { Truth } from '../../../sample-app/page/truth.js';

/** Row 0 counts one per second. */
function counting(): { truth: Truth; judge: Judge } {
  const truth = new Truth();
  for (let second = 0; second <= 10; second++) truth.note(second * 1_000, [second]);
  return { truth, judge: new Judge(truth) };
}

describe('the judgement of a place', () => {
  it('is right where the value is that of now, and due where it was true a while ago', () => {
    const { judge } = counting();
    expect(judge.judge(0, { value: 10, mayLagMs: 3_000, at: 10_000 })).toBe('right');
    expect(judge.judge(0, { value: 8, mayLagMs: 3_000, at: 10_000 })).toBe('due');
  });

  it.each([
    ['too old', 3],
    ['more than ever happened', 12],
    ['gone', undefined],
  ])('is due for as long as it may lag, then wrong, and heals: %s', (_what, value) => {
    const { truth, judge } = counting();
    expect(judge.judge(0, { value: 10, mayLagMs: 3_000, at: 10_000 })).toBe('right');
    expect(judge.judge(0, { value, mayLagMs: 3_000, at: 12_000 })).toBe('due');
    truth.note(14_000, [10]);
    expect(judge.judge(0, { value, mayLagMs: 3_000, at: 14_000 })).toBe('wrong');
    expect(judge.judge(0, { value: 10, mayLagMs: 3_000, at: 15_000 })).toBe('right');
  });

  it('waits for ever while nothing is pushed', () => {
    const { judge } = counting();
    expect(judge.judge(0, { value: 2, mayLagMs: Infinity, at: 1e9 })).toBe('due');
  });

  it('gives the worst of many', () => {
    expect(worst(['right', 'none'])).toBe('right');
    expect(worst(['right', 'unknown'])).toBe('unknown');
    expect(worst(['unknown', 'due', 'right'])).toBe('due');
    expect(worst(['due', 'wrong'])).toBe('wrong');
  });
});

describe('who may ask', () => {
  const ask = (headers: Record<string, string>, method = 'POST'): string | undefined =>
    refusalOf({ method, headers }, 'secret');

  it.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', '192.168.1.5'])('the page itself: %s', (host) => {
    expect(ask({ host, origin: `http://${host}`, 'x-shop-token': 'secret' })).toBeUndefined();
    expect(ask({ host }, 'GET')).toBeUndefined();
  });

  it.each([
    [{ host: 'evil.example', 'x-shop-token': 'secret' }],
    [{ host: 'localhost.evil.example', 'x-shop-token': 'secret' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:4000', 'x-shop-token': 'secret' }],
    [{ host: 'localhost:3000', origin: 'null', 'x-shop-token': 'secret' }],
    [{ host: 'localhost:3000' }],
    [{ 'x-shop-token': 'secret' }],
  ])('not others: %j', (headers) => {
    expect(ask(headers)).toEqual(expect.any(String));
  });
});

describe('what keeps a place from answering', () => {
  it.each([
    [
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
      'Nobody listens at gw:9091',
    ],
    [new DOMException('x', 'TimeoutError'), 'No answer at gw:9091: frozen, or too busy'],
    [new Error('answers 503'), 'answers 503'],
  ])('is said in plain words: %#', (error, expected) => {
    expect(inPlainWords(error, 'http://gw:9091')).toBe(expected);
  });
});

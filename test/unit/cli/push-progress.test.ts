import { PushProgress } from '../../../lib/cli/push-progress.js';
import type { Sending } from '../../../lib/push/index.js';

const ERASE = '\r\u001b[K';

/** Jest's own environment may be CI. */
function environment(change: Readonly<Record<string, string>> = {}): void {
  const { CI: _, ...rest } = process.env;
  jest.replaceProperty(process, 'env', { ...rest, TERM: 'xterm', ...change });
}

beforeEach(() => {
  jest.useFakeTimers();
  environment();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function terminal({ isTTY = true, columns = 200 }: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

const sending = (change: Partial<Sending>): Sending => ({
  gateway: 'http://gateway:9091',
  series: 24_000,
  bytes: 3_140_000,
  isWhole: false,
  ...change,
});

describe('PushProgress', () => {
  it('tells how far each job is, in one line, and erases it', () => {
    const out = terminal();
    let shop: Sending | undefined;
    const progress = new PushProgress(out, (job) => (job === 'shop' ? shop : undefined));
    progress.begin(['shop', 'payments']);
    jest.advanceTimersByTime(1_000);
    expect(out.written.at(-1)).toBe(`${ERASE}1 s, pushing shop; payments`);
    shop = sending({});
    jest.advanceTimersByTime(1_000);
    expect(out.written.at(-1)).toBe(
      `${ERASE}2 s, pushing shop: 24,000 series, 3.1 MB to http://gateway:9091; payments`,
    );
    progress.end('payments');
    expect(out.written.at(-1)).toBe(ERASE);
    shop = sending({ series: 50_000, bytes: 6_540_000, isWhole: true });
    jest.advanceTimersByTime(1_000);
    expect(out.written.at(-1)).toBe(
      `${ERASE}3 s, pushing shop: 50,000 series, 6.5 MB sent, waiting for http://gateway:9091`,
    );
    progress.end('shop');
    expect(out.written.at(-1)).toBe(ERASE);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says nothing of what takes less than half a second', () => {
    const out = terminal();
    const progress = new PushProgress(out, () => sending({}));
    progress.begin(['shop']);
    jest.advanceTimersByTime(499);
    progress.end('shop');
    jest.advanceTimersByTime(5_000);
    expect(out.written).toEqual([]);
  });

  it('makes room for something else, and comes back', () => {
    const out = terminal();
    const progress = new PushProgress(out, () => undefined);
    progress.begin(['shop']);
    jest.advanceTimersByTime(600);
    progress.clear();
    progress.clear();
    expect(out.written.slice(-2)).toEqual([`${ERASE}0 s, pushing shop`, ERASE]);
    jest.advanceTimersByTime(100);
    expect(out.written.at(-1)).toBe(`${ERASE}0 s, pushing shop`);
    progress.end('shop');
  });

  it('stays within a line, and prints no control characters', () => {
    const out = terminal({ columns: 40 });
    const progress = new PushProgress(out, () => sending({}));
    progress.begin(['sh\u001b[31mop']);
    jest.advanceTimersByTime(600);
    const line = out.written.at(-1)?.slice(ERASE.length);
    expect(line).toBe('0 s, pushing sh\\u001b[31mop: 24,000 se…');
    expect(line).toHaveLength(39);
    progress.end('sh\u001b[31mop');
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['a pipe', {}, false],
    ['CI', { CI: 'true' }, true],
    ['a terminal that cannot erase', { TERM: 'dumb' }, true],
  ])('writes nothing on %s', (_, change, isTTY) => {
    jest.restoreAllMocks();
    environment(change);
    const out = terminal({ isTTY });
    const progress = new PushProgress(out, () => sending({}));
    progress.begin(['shop']);
    jest.advanceTimersByTime(5_000);
    progress.end('shop');
    expect(out.written).toEqual([]);
  });
});

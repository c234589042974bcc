import { readAhead } from '../../../lib/push/read-ahead.js';

/** Gives 1, 2, 3; notes what it was asked for. */
class Source {
  asked = 0;
  ended = false;

  constructor(private readonly failsAt = Infinity) {}

  async *items(): AsyncGenerator<number> {
    try {
      for (const item of [1, 2, 3]) {
        this.asked = item;
        await Promise.resolve();
        if (item === this.failsAt) throw new Error('away');
        yield item;
      }
    } finally {
      this.ended = true;
    }
  }
}

describe('readAhead', () => {
  it('gives every item, in order', async () => {
    const items: number[] = [];
    for await (const item of readAhead(new Source().items())) items.push(item);
    expect(items).toEqual([1, 2, 3]);
  });

  it('asks for one item more than it has given, and no more', async () => {
    const source = new Source();
    const items = readAhead(source.items());
    expect(source.asked).toBe(0);
    await items.next();
    expect(source.asked).toBe(2);
    await new Promise(setImmediate);
    expect(source.asked).toBe(2);
    await items.next();
    expect(source.asked).toBe(3);
    await items.return(undefined);
  });

  it('fails after the items before the failure', async () => {
    const items = readAhead(new Source(2).items());
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await new Promise(setImmediate);
    await expect(items.next()).rejects.toThrow('away');
  });

  it('ends the source when nobody goes on', async () => {
    const source = new Source();
    const items = readAhead(source.items());
    await items.next();
    await items.return(undefined);
    await new Promise(setImmediate);
    expect(source.ended).toBe(true);
  });

  it('is silent about a failure that nobody waits for', async () => {
    const rejected = jest.fn();
    process.on('unhandledRejection', rejected);
    const items = readAhead(new Source(2).items());
    await items.next();
    await items.return(undefined);
    await new Promise(setImmediate);
    process.off('unhandledRejection', rejected);
    expect(rejected).not.toHaveBeenCalled();
  });

  it('does not wait for what is being read when nobody goes on', async () => {
    const source = async function* (): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    };
    const items = readAhead(source());
    await items.next();
    expect(await items.return(undefined)).toEqual({ done: true, value: undefined });
  });
});

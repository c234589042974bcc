import { HttpConnectionError } from '../../../lib/errors/index.js';
import type { Sightings } from '../../../lib/gateway/pools.js';
import { noteAbsent } from '../../../lib/push/note-absent.js';
import { PushedCopies } from '../../../lib/scrape/pushed-copies.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

const group = { job: 'shop', instance: 'i', labels: {} };
const GATEWAY = 'http://gateway:9091';
const WISH = { ttlMs: 60_000, knownPushAt: 0, silentMs: 1, shownForMs: 0 };
const SECOND = 1_000;

let store: MemoryStore;
/** What the gateway shows; an error: it cannot be asked. */
let shown: Error | readonly { readonly labels: Record<string, string> }[];
let asked: number;
/** What Prometheus says; undefined: it does not answer. */
let sightings: Sightings | undefined;

beforeEach(() => {
  store = new MemoryStore();
  shown = [];
  asked = 0;
  sightings = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A process that begins, and looks at one scrape. */
async function lookIn(addresses: readonly [string] = [GATEWAY]): Promise<string | undefined> {
  const contents = () => {
    asked += 1;
    return shown instanceof Error ? Promise.reject(shown) : Promise.resolve({ groups: shown });
  };
  const directory = { addresses, clientOf: () => ({ contents }) as never };
  const witness = () => (sightings ? Promise.resolve(sightings) : Promise.reject(new Error('no Prometheus')));
  const copies = new PushedCopies(directory, store.ledgers, witness);
  const { turn = '', begun } = await store.turns.begin(group, { ...WISH, isReading: true });
  const found = await copies.find(group, begun?.ledger as never, turn);
  await store.turns.end(group, turn);
  return found;
}

async function push(): Promise<void> {
  const { turn = '', now } = await store.turns.begin(group, WISH);
  await store.ledgers.noteHolder(group, turn, GATEWAY);
  await store.turns.end(group, turn, now);
}

const later = (milliseconds: number): void => {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + milliseconds);
};
const refused = new HttpConnectionError('refused', 'ECONNREFUSED');
const silent = new Error('silent');

describe('the gateway on which a scraped group is too', () => {
  it('is asked once for each push, by one process, and may then be taken away', async () => {
    await push();
    shown = [{ labels: { job: 'shop', instance: 'i' } }];
    expect(await lookIn()).toBe(`is on ${GATEWAY} too`);
    shown = [];
    expect(await lookIn()).toBeUndefined();
    shown = silent;
    expect(await lookIn()).toBeUndefined();
    expect(asked).toBe(2);
    // A push to the same gateway, whatever became of it.
    const { turn = '' } = await store.turns.begin(group, WISH);
    await store.turns.end(group, turn);
    expect(await lookIn()).toBe(`may be on ${GATEWAY} too (silent)`);
  });

  it('is not asked after the group was deleted from all that may have had it', async () => {
    await push();
    shown = silent;
    const { turn = '' } = await store.turns.take(group, 60_000);
    await noteAbsent(store.ledgers, group, turn, ['http://other:9091']);
    expect((await store.ledgers.read(group)).absentAt).toBeUndefined();
    await noteAbsent(store.ledgers, group, turn, [GATEWAY]);
    await store.turns.end(group, turn);
    expect(await lookIn()).toBeUndefined();
    expect(asked).toBe(0);
  });

  it('counts as gone once Prometheus has not scraped the group for two intervals', async () => {
    await push();
    shown = silent;
    sightings = { foundForMs: 0.5 * SECOND, scrapedForMs: 0.5 * SECOND, intervalMs: SECOND };
    later(3 * SECOND);
    expect(await lookIn()).toBe(`may be on ${GATEWAY} too (silent)`);
    sightings = { foundForMs: 2 * SECOND, scrapedForMs: 0.5 * SECOND, intervalMs: SECOND };
    expect(await lookIn()).toBeUndefined();
    sightings = { foundForMs: undefined, scrapedForMs: undefined, intervalMs: 60 * SECOND };
    expect(await lookIn()).toBe(`may be on ${GATEWAY} too (silent)`);
    later(120 * SECOND);
    expect(await lookIn()).toBeUndefined();
  });

  it('counts as gone without a Prometheus if it is configured no more, or has ended a while ago', async () => {
    await push();
    shown = refused;
    expect(await lookIn()).toContain(`may be on ${GATEWAY} too`);
    expect(await lookIn(['http://other:9091'])).toBeUndefined();
    later(120 * SECOND);
    expect(await lookIn()).toBeUndefined();
    shown = silent;
    expect(await lookIn()).toContain(`may be on ${GATEWAY} too`);
  });
});

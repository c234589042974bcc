import { HttpProxyError, HttpTimeoutError } from '../../../../lib/errors/index.js';
import { CopyCleaner } from '../../../../lib/gateway/cleaning/copy-cleaner.js';
import { GatewayIdentities } from '../../../../lib/gateway/cleaning/gateway-identities.js';
import type { PushgatewayClient } from '../../../../lib/gateway/index.js';
import type { Group } from '../../../../lib/model/index.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import { waitFor } from '../../../support/wait-for.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };
const frozen = 'http://frozen:1';
const other = 'http://other:2';

let store: MemoryStore;
let turn: string;
let cleaner: CopyCleaner;
/** Answers the requests that wait at the frozen gateway. */
let waiting: (() => void)[];
/** How often the ledger said that the frozen gateway has the group again, and how many DELETEs followed. */
let looksHeld: number;
let sentHeld: number;

/** The other one answers who it is, as a gateway does that is well. */
function clientOf(gateway: string): PushgatewayClient {
  return {
    identify: () =>
      gateway === frozen
        ? Promise.reject(new HttpTimeoutError('frozen'))
        : Promise.resolve({ name: undefined, startedAt: gateway }),
    delete: () => {
      if (looksHeld > 0) sentHeld += 1;
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    status: () => Promise.resolve({ flags: {} }),
  } as unknown as PushgatewayClient;
}

beforeEach(async () => {
  store = new MemoryStore();
  turn = (await store.turns.take(group, 60_000)).turn as string;
  waiting = [];
  looksHeld = 0;
  sentHeld = 0;
  const read = store.ledgers.read.bind(store.ledgers);
  jest.spyOn(store.ledgers, 'read').mockImplementation(async (each) => {
    const ledger = await read(each);
    if (ledger.holder === frozen) looksHeld += 1;
    return ledger;
  });
  cleaner = new CopyCleaner(store.ledgers, { addresses: [frozen, other], clientOf });
  await store.ledgers.noteHolder(group, turn, frozen);
  await store.ledgers.noteHolder(group, turn, other);
  cleaner.clean(group, frozen);
});
afterEach(() => {
  cleaner.close();
  for (const answer of waiting) answer();
  jest.restoreAllMocks();
});

describe('CopyCleaner, at a gateway that is frozen', () => {
  it('lets one DELETE follow the other while none is answered', async () => {
    await waitFor(() => waiting.length >= 3, { message: 'three DELETEs to wait there' });
    expect((await store.ledgers.read(group)).copies).toContain(frozen);
  });

  it('sends none any more from when that gateway has the group again', async () => {
    await waitFor(() => waiting.length >= 2, { message: 'two DELETEs to wait there' });
    await store.ledgers.noteHolder(group, turn, frozen);
    await waitFor(() => looksHeld > 0, { message: 'a look at the ledger, before the next DELETE' });
    for (const answer of waiting) answer();
    await waitFor(() => looksHeld > 1, { message: 'the look before the second round of DELETEs' });
    expect(sentHeld).toBe(0);
  });
});

describe('GatewayIdentities, behind a proxy that lets nothing through', () => {
  const unasked = new HttpProxyError('503', 503);
  const alias = 'http://alias:3';
  let failing: string | undefined;
  const identities = () =>
    new GatewayIdentities({
      addresses: [other],
      clientOf: (gateway) =>
        ({
          identify: () =>
            gateway === failing ? Promise.reject(unasked) : Promise.resolve({ name: undefined, startedAt: 'then' }),
        }) as unknown as PushgatewayClient,
    });

  it('takes one gateway under two addresses for no copy', async () => {
    const between = identities();
    failing = alias;
    await expect(between.examine(alias, [other])).rejects.toBe(unasked);
    failing = other;
    expect(await between.examine(alias, [other])).toBe('unknown');
    expect(await between.isThere(other)).toBe(false);
    failing = undefined;
    expect(await between.examine(alias, [other])).toBe('other');
  });
});

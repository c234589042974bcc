import { Logger } from '@nestjs/common';
import {
  GatewayResponseError,
  HttpConnectionError,
  HttpProxyError,
  HttpTimeoutError,
} from '../../../../lib/errors/index.js';
import type { PoolListener, PushgatewayClient } from '../../../../lib/gateway/index.js';
import { StickyGateways, type Witness } from '../../../../lib/gateway/pools.js';
import { preferenceOf } from '../../../../lib/gateway/sticky/rendezvous.js';
import type { Group } from '../../../../lib/model/index.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import { sightingsOf } from '../../../support/sightings.js';
import { waitFor } from '../../../support/wait-for.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };
const all = ['http://a:1', 'http://b:2', 'http://c:3'] as const;
const [first, second, third] = preferenceOf(JSON.stringify({ job: 'shop', instance: 'one' }), all) as [
  string,
  string,
  string,
];

const refused = new HttpConnectionError('refused', 'ECONNREFUSED');
const reset = new HttpConnectionError('reset', 'ECONNRESET');
const timedOut = new HttpTimeoutError('too slow');
const unasked = new HttpProxyError('the proxy is down');
const answered = new GatewayResponseError('no', 400, 'no');

/** Gateways that hold one text each, and fail as they are told. */
class FakeGateways {
  readonly held = new Map<string, string>();
  readonly failing = new Map<string, Error>();
  readonly requests: string[] = [];
  /** Addresses that were asked who they are. */
  readonly asked: string[] = [];
  flags: Record<string, string> = {};
  /** When the process at an address began; undefined: it does not tell. */
  startedAt = (gateway: string): string | undefined => gateway;

  clientOf = (gateway: string): PushgatewayClient => {
    const attempt = (verb: string): void => {
      this.requests.push(`${verb} ${gateway}`);
      const failure = this.failing.get(gateway);
      if (failure) throw failure;
    };
    return {
      push: async (_: unknown, text: string) => {
        attempt('PUT');
        this.held.set(gateway, text);
      },
      pushAdd: async (_: unknown, text: string) => {
        attempt('POST');
        this.held.set(gateway, text);
      },
      delete: async () => {
        attempt('DELETE');
        this.held.delete(gateway);
      },
      identify: async () => {
        this.asked.push(gateway);
        const failure = this.failing.get(gateway);
        if (failure) throw failure;
        return { name: undefined, startedAt: this.startedAt(gateway) };
      },
      locate: () => Promise.resolve(undefined),
      status: () => Promise.resolve({ flags: this.flags }),
    } as unknown as PushgatewayClient;
  };
}

let log: jest.SpyInstance;
let warn: jest.SpyInstance;
let store: MemoryStore;
let gateways: FakeGateways;
let pools: StickyGateways[];
let token: string;
let isScraped: boolean | undefined;
let witness: Witness;
const events: string[] = [];
const listener: PoolListener = {
  moved: (_, from, to) => events.push(`moved ${from} ${to}`),
  delayed: (_, gateway, silentMs) => events.push(`delayed ${gateway} ${silentMs > 0 ? 'long' : 'over'}`),
};

function pool(configured: readonly string[] = all, failoverAfterMs = 60_000, timeoutMs = 0): StickyGateways {
  const made = new StickyGateways({
    directory: { addresses: configured as [string, ...string[]], clientOf: gateways.clientOf },
    ledgers: store.ledgers,
    witness: (each) => witness(each),
    listener,
    failoverAfterMs,
    timeoutMs,
  });
  pools.push(made);
  return made;
}

beforeEach(async () => {
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  events.length = 0;
  store = new MemoryStore();
  gateways = new FakeGateways();
  pools = [];
  isScraped = undefined;
  witness = () => sightingsOf(isScraped);
  token = (await store.turns.take(group, 60_000)).turn as string;
});
afterEach(() => {
  for (const each of pools) each.close();
  jest.restoreAllMocks();
});

/** The group is on the gateway it prefers, and all know it. */
const placed = (): Promise<boolean> => store.ledgers.noteHolder(group, token, first);
const deletions = (): string[] => gateways.requests.filter((request) => request.startsWith('DELETE'));
const copies = async (): Promise<string[]> => [...(await store.ledgers.read(group)).copies].sort();

describe('StickyGateways', () => {
  it('puts a group on the gateway it prefers, and leaves it there, whichever process pushes', async () => {
    await placed();
    expect(await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual({
      gateway: first,
      gateways: [first],
    });
    expect(await pool([...all].reverse()).push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: first,
      gateways: [first],
    });
    expect(await pool().push({ group, text: 'x 3\n', mode: 'pushAdd', turn: token })).toEqual({
      gateway: first,
      gateways: [first],
    });
    expect(gateways.requests).toEqual([`PUT ${first}`, `PUT ${first}`, `POST ${first}`]);
    expect([...gateways.held]).toEqual([[first, 'x 3\n']]);
  });

  it('notes a gateway before anything is sent to it', async () => {
    gateways.failing.set(first, answered);
    await expect(pool().push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: answered,
      gateways: [first],
    });
    expect(await store.ledgers.read(group)).toMatchObject({ holder: first });
    expect(await copies()).toContain(first);
  });

  it('without a Prometheus that answers: moves at once from a gateway that refuses connections, and stays where it went', async () => {
    const sticky = pool();
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, refused);
    expect(await sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: second,
      gateways: [second, first],
    });
    gateways.failing.delete(first);
    expect(await sticky.push({ group, text: 'x 3\n', mode: 'push', turn: token })).toEqual({
      gateway: second,
      gateways: [second],
    });
    expect(gateways.held.get(second)).toBe('x 3\n');
  });

  it('stays with a gateway that refuses connections while Prometheus scrapes it, and says so', async () => {
    isScraped = true;
    const sticky = pool();
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, refused);
    await expect(sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
      message: expect.stringMatching(/^refused; Prometheus still scrapes it, so new values wait/) as string,
    });
    expect(warn).toHaveBeenCalledTimes(1);
    // Before the first of them what nobody knows of was removed from the others.
    expect(gateways.requests.filter((request) => request.startsWith('PUT'))).toEqual([`PUT ${first}`, `PUT ${first}`]);
  });

  it('waits for the scrape that tells, within the time of a push', async () => {
    let looks = 0;
    witness = () => {
      looks += 1;
      // None since it came here, however slow this machine is; then one that has not found the group.
      const [foundForMs, scrapedForMs] = looks < 3 ? [3_600_000, 3_600_000] : [0, -1];
      return Promise.resolve({ foundForMs, scrapedForMs, intervalMs: 60_000 });
    };
    await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, refused);
    await expect(pool().push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
      message: 'refused; the group moves once Prometheus has not been able to scrape it either',
    });
    expect(looks).toBe(1);
    const patient = pool(all, 60_000, 60_000);
    expect((await patient.push({ group, text: 'x 3\n', mode: 'push', turn: token })).gateway).toBe(second);
    expect(looks).toBe(3);
  });

  it('removes a group without a holder from every gateway but the one that gets it: nobody knows where it was', async () => {
    for (const gateway of all) gateways.held.set(gateway, 'x 7\n');
    gateways.failing.set(third, timedOut);
    await pool().push({ group, text: 'x 8\n', mode: 'push', turn: token });
    // Before the holder showed it, or as soon as that gateway answers.
    expect(gateways.requests.indexOf(`DELETE ${second}`)).toBeLessThan(gateways.requests.indexOf(`PUT ${first}`));
    expect(await copies()).toEqual([first, third].sort());
    gateways.failing.clear();
    await waitFor(async () => (await copies()).length === 1, { message: 'the copies to be struck' });
    expect([...gateways.held]).toEqual([[first, 'x 8\n']]);
    expect(new Set(deletions())).toEqual(new Set([`DELETE ${second}`, `DELETE ${third}`]));
  });

  it('removes a group without a holder from everywhere when it is deleted', async () => {
    for (const gateway of all) gateways.held.set(gateway, 'x 7\n');
    expect(await pool().delete(group)).toEqual({ gateway: all[0], gateways: all });
    expect(gateways.held.size).toBe(0);
  });

  it('does not delete at a holder that goes by another name by now', async () => {
    // The address became a name, as with a service before it.
    await store.ledgers.noteHolder(group, token, 'http://10.0.0.1:1');
    gateways.startedAt = (gateway) => (gateway === 'http://10.0.0.1:1' ? first : gateway);
    await pool([first]).push({ group, text: 'x 2\n', mode: 'push', turn: token });
    await waitFor(async () => (await copies()).length === 1, { message: 'the other name to be struck' });
    expect(await copies()).toEqual([first]);
    expect(deletions()).toEqual([]);
  });

  it('removes what it left behind when that gateway is back, and strikes it only then', async () => {
    await placed();
    const sticky = pool();
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, refused);
    await sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token });
    expect(await copies()).toEqual([first, second].sort());
    gateways.failing.delete(first);
    await waitFor(async () => (await copies()).length === 1, { message: 'the copy to be struck' });
    expect(await copies()).toEqual([second]);
    expect([...gateways.held]).toEqual([[second, 'x 2\n']]);
    // Twice, some time apart: a request that the gateway had already received could overtake the first.
    expect(gateways.requests.filter((request) => request === `DELETE ${first}`).length).toBeGreaterThanOrEqual(2);
  });

  it('cleans up after a process that died while it moved a group', async () => {
    await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await store.ledgers.noteHolder(group, token, second);
    expect(await pool().push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: second,
      gateways: [second],
    });
    await waitFor(async () => (await copies()).length === 1, { message: 'the copy to be struck' });
    expect([...gateways.held.keys()]).toEqual([second]);
  });

  it.each([
    ['times out', timedOut],
    ['breaks the connection', reset],
  ])('stays with a holder that %s, for a while', async (_, failure) => {
    const sticky = pool();
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, failure);
    await expect(sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: failure,
      gateways: [first],
    });
    expect((await store.ledgers.read(group)).holder).toBe(first);
    expect((await store.ledgers.read(group)).silentSince).toEqual(expect.any(Number));
    gateways.failing.delete(first);
    await sticky.push({ group, text: 'x 3\n', mode: 'push', turn: token });
    expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
  });

  it.each([
    ['is not scraped any more', false],
    ['cannot be seen by Prometheus', undefined],
  ])('moves from a holder that was silent for long enough and %s', async (_, scraped) => {
    isScraped = scraped;
    const sticky = pool(all, 0);
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, timedOut);
    expect(await sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: second,
      gateways: [second, first],
    });
  });

  it('stays with a silent holder for as long as Prometheus scrapes it', async () => {
    isScraped = true;
    await placed();
    const sticky = pool(all, 0);
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, timedOut);
    await expect(sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: timedOut,
      gateways: [first],
    });
    await expect(sticky.push({ group, text: 'x 3\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: timedOut,
      gateways: [first],
    });
    expect(gateways.requests.filter((request) => !request.endsWith(first))).toEqual([]);
  });

  it('says that values wait, once, and when they arrive again', async () => {
    isScraped = true;
    const sticky = pool(all, 0);
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, timedOut);
    await waitFor(
      async () => {
        await sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token }).catch(() => undefined);
        return events.length >= 2;
      },
      { message: 'two delays to be told' },
    );
    expect(new Set(events)).toEqual(new Set([`delayed ${first} long`]));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(`"shop": ${first} has been out of reach for`));
    gateways.failing.delete(first);
    await sticky.push({ group, text: 'x 3\n', mode: 'push', turn: token });
    expect(events.at(-1)).toBe(`delayed ${first} over`);
    expect(log).toHaveBeenCalledWith('Job "shop": values arrive again');
  });

  it('takes up at start what an earlier process left undone', async () => {
    await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await store.ledgers.noteHolder(group, token, second);
    pool().resume([group]);
    await waitFor(async () => (await copies()).length === 1, { message: 'the copy to be struck' });
    expect(gateways.held.size).toBe(0);
    expect((await store.ledgers.read(group)).holder).toBe(second);
  });

  it('warns of a gateway that keeps groups on disk, once', async () => {
    gateways.flags = { 'persistence.file': '/data/metrics' };
    await placed();
    await store.ledgers.noteHolder(group, token, second);
    await pool().push({ group, text: 'x 2\n', mode: 'push', turn: token });
    await waitFor(async () => (await copies()).length === 1, { message: 'the copy to be struck' });
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`Pushgateway ${first} keeps groups on disk`)]]);
  });

  it('does not take an answer for a reason to move', async () => {
    const sticky = pool(all, 0);
    gateways.failing.set(first, answered);
    await expect(sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: answered,
      gateways: [first],
    });
    expect(gateways.requests).toEqual([`PUT ${first}`]);
  });

  it.each([undefined, false])(
    'does not take a proxy that lets nothing through for a reason to move, scraped: %s',
    async (scraped) => {
      const sticky = pool(all, 0);
      await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
      isScraped = scraped;
      gateways.failing.set(first, unasked);
      for (let round = 0; round < 3; round++) {
        await expect(sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
          cause: unasked,
          gateways: [first],
        });
      }
      const { holder, silentSince } = await store.ledgers.read(group);
      expect({ holder, silentSince }).toEqual({ holder: first, silentSince: undefined });
      expect([...gateways.held]).toEqual([[first, 'x 1\n']]);
      gateways.failing.delete(first);
      await sticky.push({ group, text: 'x 3\n', mode: 'push', turn: token });
      expect([...gateways.held]).toEqual([[first, 'x 3\n']]);
    },
  );

  it('leaves a group at a holder that is not configured any more and cannot be asked for the proxy', async () => {
    await placed();
    gateways.failing.set(first, unasked);
    const others = all.filter((gateway) => gateway !== first) as [string, string];
    await expect(pool(others, 0).push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: unasked,
      gateways: [first],
    });
    expect([...gateways.held]).toEqual([]);
  });

  it('fails with the last reason when every gateway is gone, and comes back with the first that returns', async () => {
    for (const gateway of all) gateways.failing.set(gateway, refused);
    await expect(pool().push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
      gateways: [third, second, first],
    });
    expect(gateways.requests).toEqual([`PUT ${first}`, `PUT ${second}`, `PUT ${third}`]);
    gateways.failing.delete(second);
    expect((await pool().push({ group, text: 'x 2\n', mode: 'push', turn: token })).gateway).toBe(second);
  });

  describe('a gateway where DELETEs of the group may still wait', () => {
    /** It had the group, and has not been cleaned up yet; the holder now refuses connections. */
    beforeEach(async () => {
      await placed();
      await store.ledgers.noteHolder(group, token, second);
      gateways.failing.set(second, refused);
    });

    it('is the last to get it again', async () => {
      expect((await pool().push({ group, text: 'x 3\n', mode: 'push', turn: token })).gateway).toBe(third);
      expect(gateways.requests.filter((request) => request.startsWith('PUT'))).toEqual([
        `PUT ${second}`,
        `PUT ${third}`,
      ]);
    });

    it('gets it again only if it answers', async () => {
      gateways.failing.set(first, timedOut);
      const sticky = pool([first, second]);
      const push = { group, text: 'x 3\n', mode: 'push', turn: token } as const;
      await expect(sticky.push(push)).rejects.toMatchObject({ cause: refused, gateways: [second, first] });
      expect(gateways.requests.filter((request) => request.startsWith('PUT'))).toEqual([`PUT ${second}`]);
      expect((await store.ledgers.read(group)).holder).toBe(second);
      gateways.failing.delete(first);
      expect(await sticky.push(push)).toEqual({ gateway: first, gateways: [first, second] });
    });

    it('has done them before it gets it again', async () => {
      let isDone = false;
      // One that had waited in its socket: that gateway has just thawed, and comes to it a little later.
      setTimeout(() => {
        gateways.held.delete(first);
        isDone = true;
      }, 200);
      const push = { group, text: 'x 3\n', mode: 'push', turn: token } as const;
      expect((await pool([first, second], 0, 10_000).push(push)).gateway).toBe(first);
      await waitFor(() => isDone, { message: 'the DELETE that had waited' });
      expect([...gateways.held]).toEqual([[first, 'x 3\n']]);
    });
  });

  describe('from a gateway that is not configured any more', () => {
    const without = all.filter((gateway) => gateway !== first);
    const leave = async (failoverAfterMs = 60_000): Promise<void> => {
      await placed();
      gateways.held.set(first, 'x 1\n');
      const sticky = pool(without, failoverAfterMs);
      expect((await sticky.push({ group, text: 'x 2\n', mode: 'push', turn: token })).gateway).toBe(second);
    };
    const warnings = (): string[] => warn.mock.calls.map(([text]: unknown[]) => String(text));

    it('moves, and removes what was there', async () => {
      await leave();
      await waitFor(async () => (await copies()).length === 1, { message: 'the removed gateway to be struck' });
      expect(await copies()).toEqual([second]);
      expect([...gateways.held]).toEqual([[second, 'x 2\n']]);
      expect(warnings()).toEqual([]);
    });

    it.each([
      ['refuses connections', refused],
      ['does not exist', new HttpConnectionError('unknown', 'ENOTFOUND')],
    ])('forgets it only when it %s for an hour, and says so', async (_, failure) => {
      gateways.failing.set(first, failure);
      const note = jest.spyOn(store.ledgers, 'noteUnreachable');
      await leave();
      await waitFor(() => note.mock.calls.length >= 2, { message: 'a second attempt' });
      expect(note.mock.calls[0]).toEqual([group, first, true]);
      expect(await copies()).toEqual([first, second].sort());
      expect((await store.ledgers.read(group)).unreachableSince).toEqual({ [first]: expect.any(Number) as number });
      expect(warnings()).toEqual([expect.stringContaining(`curl -X DELETE '${first}/metrics/job/shop/instance/one'`)]);
      note.mockResolvedValue(3_600_000);
      await waitFor(async () => (await copies()).length === 1, { message: 'the gateway to be forgotten' });
      expect((await store.ledgers.read(group)).forgottenAt).toEqual({ [first]: expect.any(Number) as number });
      expect(warnings()[1]).toContain(`Nobody has answered at Pushgateway ${first} for an hour`);
    });

    it.each([
      ['answers otherwise', answered],
      ['is silent', timedOut],
    ])('keeps it on the list while it %s', async (_, failure) => {
      gateways.failing.set(first, failure);
      const note = jest.spyOn(store.ledgers, 'noteUnreachable').mockResolvedValue(3_600_000);
      await leave(0);
      await waitFor(() => deletions().filter((each) => each.endsWith(first)).length >= 3, { message: 'some attempts' });
      expect(await copies()).toEqual([first, second].sort());
      expect(note).not.toHaveBeenCalled();
      expect(warnings()).toHaveLength(1);
    });

    it('asks ever less often, and only for one of its groups', async () => {
      gateways.failing.set(first, refused);
      const others = Array.from({ length: 9 }, (_, at): Group => ({ job: `job ${at}`, instance: 'one', labels: {} }));
      for (const each of others) {
        const { turn = '' } = await store.turns.take(each, 60_000);
        await store.ledgers.noteHolder(each, turn, first);
        await store.ledgers.noteHolder(each, turn, second);
      }
      const begun = Date.now();
      pool(without).resume(others);
      await waitFor(() => Date.now() - begun > 2_000, { message: 'two seconds' });
      // Five times a second for each of them it was 90. Now: all at once, then one after 200, 600 and 1400 ms.
      expect(gateways.asked.filter((gateway) => gateway === first).length).toBeLessThanOrEqual(9 + 4);
      expect(warnings()).toHaveLength(1);
    });
  });

  it('sends nothing to another gateway when its turn is lost', async () => {
    await placed();
    const sticky = pool();
    await sticky.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    gateways.failing.set(first, refused);
    await expect(sticky.push({ group, text: 'x 2\n', mode: 'push', turn: 'another' })).rejects.toMatchObject({
      code: 'ERR_PUSH_LOCK',
    });
    expect(gateways.requests).toEqual([`PUT ${first}`, `PUT ${first}`]);
    expect((await store.ledgers.read(group)).holder).toBe(first);
  });

  it('deletes a group from its holder and from wherever it may have been left', async () => {
    await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await store.ledgers.noteHolder(group, token, second);
    gateways.held.set(second, 'x 2\n');
    expect(await pool().delete(group)).toEqual({ gateway: second, gateways: [second] });
    await waitFor(() => gateways.held.size === 0, { message: 'both copies to be gone' });
    expect(gateways.requests).toContain(`DELETE ${first}`);
  });
});

describe('preferenceOf', () => {
  it('spreads groups evenly, and moves only those of a gateway that goes', () => {
    const groups = Array.from({ length: 3_000 }, (_, at) => `group ${at}`);
    const before = groups.map((each) => preferenceOf(each, all)[0]);
    for (const gateway of all) expect(before.filter((each) => each === gateway).length).toBeGreaterThan(800);
    const without = groups.map((each) => preferenceOf(each, all.slice(1))[0]);
    before.forEach((gateway, at) => {
      expect(gateway === all[0] || gateway === without[at]).toBe(true);
    });
  });
});

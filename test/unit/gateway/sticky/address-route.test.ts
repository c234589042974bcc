import { Logger } from '@nestjs/common';
import {
  CredentialsError,
  GatewayResponseError,
  HttpConnectionError,
  HttpProxyError,
  HttpTimeoutError,
} from '../../../../lib/errors/index.js';
import type { PushgatewayClient } from '../../../../lib/gateway/index.js';
import { StickyGateways } from '../../../../lib/gateway/pools.js';
import type { Group } from '../../../../lib/model/index.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import { sightingsOf } from '../../../support/sightings.js';
import { waitFor } from '../../../support/wait-for.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };
const ADDRESS = 'http://balancer:9091';
const A = `${ADDRESS}#a`;
const B = `${ADDRESS}#b`;

const unreachable = new GatewayResponseError('no server', 503, 'no server');
const silent = new GatewayResponseError('gateway time-out', 504, 'gateway time-out');
const timedOut = new HttpTimeoutError('too slow');
const refused = new HttpConnectionError('refused', 'ECONNREFUSED');

/** What stands at one address: a balancer that names the gateways behind it, or a gateway. */
class FakeBalancer {
  /** Where it sends what names no gateway, or one it does not know; undefined: it names none. */
  preferred: string | undefined = 'a';
  readonly known = new Set(['a', 'b']);
  readonly failing = new Map<string, Error>();
  readonly held = new Map<string, string>();
  readonly requests: string[] = [];

  clientOf = (gateway: string): PushgatewayClient => {
    const wanted = gateway.split('#')[1] ?? '';
    const taker = (): string => (this.known.has(wanted) ? wanted : (this.preferred ?? ''));
    const attempt = (verb: string): void => {
      this.requests.push(`${verb} ${wanted}`.trim());
      const failure = this.failing.get(taker());
      if (failure) throw failure;
    };
    const take = async (verb: string, text: string): Promise<string | undefined> => {
      attempt(verb);
      this.held.set(taker(), text);
      return this.preferred === undefined ? undefined : taker();
    };
    return {
      locate: async () => {
        attempt('GET');
        return this.preferred === undefined ? undefined : taker();
      },
      push: (_: unknown, text: string) => take('PUT', text),
      pushAdd: (_: unknown, text: string) => take('POST', text),
      delete: async () => {
        attempt('DELETE');
        this.held.delete(taker());
      },
      identify: async () => {
        attempt('WHO');
        return { name: this.preferred === undefined ? undefined : taker(), startedAt: taker() || gateway };
      },
      status: () => Promise.resolve({ flags: {} }),
    } as unknown as PushgatewayClient;
  };
}

let store: MemoryStore;
let balancer: FakeBalancer;
let token: string;
let isScraped: boolean | undefined;
const pools: StickyGateways[] = [];

function pool(failoverAfterMs = 60_000): StickyGateways {
  const made = new StickyGateways({
    directory: { addresses: [ADDRESS], clientOf: balancer.clientOf },
    ledgers: store.ledgers,
    witness: () => sightingsOf(isScraped),
    listener: { moved: () => undefined, delayed: () => undefined },
    failoverAfterMs,
    timeoutMs: 0,
  });
  pools.push(made);
  return made;
}

beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  store = new MemoryStore();
  balancer = new FakeBalancer();
  isScraped = undefined;
  token = (await store.turns.take(group, 60_000)).turn as string;
});
afterEach(() => {
  for (const each of pools.splice(0)) each.close();
  jest.restoreAllMocks();
});

describe('one address', () => {
  it('that names no gateways is pushed to, and noted before that', async () => {
    balancer.preferred = undefined;
    const plain = pool();
    const answer = { gateway: ADDRESS, gateways: [ADDRESS] };
    expect(await plain.push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual(answer);
    expect(await plain.push({ group, text: 'x 2\n', mode: 'pushAdd', turn: token })).toEqual(answer);
    expect(await plain.delete(group)).toEqual(answer);
    // Asked once whether it names a gateway.
    expect(balancer.requests).toEqual(['GET', 'PUT', 'POST', 'DELETE']);
    expect(await store.ledgers.read(group)).toMatchObject({ holder: ADDRESS, copies: [ADDRESS] });
  });

  it('may have become that of a balancer', async () => {
    balancer.preferred = undefined;
    const plain = pool();
    await plain.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('', refused);
    await expect(plain.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
      gateways: [ADDRESS],
    });
    balancer.failing.clear();
    balancer.preferred = 'a';
    expect(await plain.push({ group, text: 'x 3\n', mode: 'push', turn: token })).toEqual({
      gateway: A,
      gateways: [A],
    });
    // The address alone is no gateway any more: a request for it could reach the holder.
    await waitFor(async () => (await store.ledgers.read(group)).copies.length === 1, {
      message: 'the address to be struck',
    });
    expect(balancer.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
    expect([...balancer.held.keys()]).toContain('a');
  });

  it('tells since when it does not answer, and that it does again', async () => {
    balancer.preferred = undefined;
    const plain = pool();
    await plain.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('', refused);
    await expect(plain.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
    });
    expect((await store.ledgers.read(group)).silentSince).toEqual(expect.any(Number));
    balancer.failing.clear();
    await plain.push({ group, text: 'x 3\n', mode: 'push', turn: token });
    expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
  });

  it('is not silent for a proxy that lets nothing through', async () => {
    const unasked = new HttpProxyError('the proxy is down');
    balancer.preferred = undefined;
    const plain = pool();
    await plain.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('', unasked);
    await expect(plain.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: unasked,
    });
    expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
  });

  it('that names its gateways: stays with the holder while a proxy lets nothing through', async () => {
    const unasked = new HttpProxyError('503', 503);
    const balanced = pool(0);
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('a', unasked);
    balancer.preferred = 'b';
    for (let round = 0; round < 2; round++) {
      await expect(balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
        cause: unasked,
        gateways: [A],
      });
    }
    expect(await store.ledgers.read(group)).toMatchObject({ holder: A });
    expect([...balancer.held.keys()]).toEqual(['a']);
  });

  it('that names its gateways: notes the one that took the group, and names it from then on', async () => {
    const balanced = pool();
    expect(await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual({
      gateway: A,
      gateways: [A],
    });
    balancer.preferred = 'b';
    expect(await balanced.push({ group, text: 'x 2\n', mode: 'pushAdd', turn: token })).toEqual({
      gateway: A,
      gateways: [A],
    });
    expect(balancer.requests).toEqual(['GET', 'PUT a', 'GET a', 'POST a']);
    expect(await store.ledgers.read(group)).toMatchObject({ holder: A, copies: [A] });
  });

  it.each([
    ['is gone, as Prometheus confirms', unreachable, false, 60_000],
    ['is gone, and Prometheus cannot tell, after a while', unreachable, undefined, 0],
    ['was silent for long enough and is not scraped', silent, false, 0],
    ['was silent for long enough, and Prometheus cannot tell', timedOut, undefined, 0],
  ])('leaves a holder that %s, and cleans up', async (_, failure, scraped, failoverAfterMs) => {
    const balanced = pool(failoverAfterMs);
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    isScraped = scraped;
    balancer.failing.set('a', failure);
    balancer.preferred = 'b';
    expect(await balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: B,
      gateways: [B],
    });
    balancer.failing.clear();
    await waitFor(async () => (await store.ledgers.read(group)).copies.length === 1, {
      message: 'the copy to be struck',
    });
    expect([...balancer.held]).toEqual([['b', 'x 2\n']]);
    expect(balancer.requests).toContain('DELETE a');
  });

  it.each([
    ['is unreachable, but scraped', unreachable, true, 0],
    ['is unreachable, and Prometheus cannot tell yet', unreachable, undefined, 60_000],
    ['has been silent for a moment', silent, false, 60_000],
    ['has been silent for long, but is scraped', timedOut, true, 0],
    ['cannot be asked for as the balancer is away', refused, false, 0],
    ['cannot be asked for without the credentials', new CredentialsError('cannot read bearerTokenFile'), undefined, 0],
    ['cannot be asked for as something else answers', new GatewayResponseError('is none', 200, ''), undefined, 0],
  ])('stays with a holder that %s', async (_, failure, scraped, failoverAfterMs) => {
    const balanced = pool(failoverAfterMs);
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    isScraped = scraped;
    balancer.failing.set('a', failure);
    balancer.preferred = 'b';
    await expect(balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: failure,
      gateways: [A],
    });
    expect((await store.ledgers.read(group)).holder).toBe(A);
    expect(balancer.held.has('b')).toBe(false);
  });

  it('does not hold against a holder that was away in the same push in which it took the group again', async () => {
    await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('a', unreachable);
    const again = new StickyGateways({
      directory: { addresses: [ADDRESS], clientOf: balancer.clientOf },
      ledgers: store.ledgers,
      witness: () => {
        // It has restarted empty.
        balancer.failing.clear();
        return sightingsOf(false);
      },
      listener: { moved: () => undefined, delayed: () => undefined },
      failoverAfterMs: 60_000,
      timeoutMs: 0,
    });
    pools.push(again);
    expect(await again.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toMatchObject({ gateway: A });
    expect(await store.ledgers.read(group)).toMatchObject({ holder: A, silentSince: undefined });
  });

  it('does not take a balancer that is away for a silent gateway', async () => {
    const balanced = pool();
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.failing.set('a', refused);
    await expect(balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
    });
    expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
  });

  it('moves from a gateway that the balancer does not know any more, without deleting what another has', async () => {
    const balanced = pool();
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    balancer.known.delete('a');
    balancer.preferred = 'b';
    expect(await balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toEqual({
      gateway: B,
      gateways: [B],
    });
    await waitFor(async () => (await store.ledgers.read(group)).copies.length === 1, {
      message: 'the copy to be struck',
    });
    expect(balancer.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
    expect(balancer.held.get('b')).toBe('x 2\n');
  });

  it('deletes at the holder, and nowhere if the balancer does not know it any more', async () => {
    const balanced = pool();
    await balanced.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    expect(await balanced.delete(group)).toEqual({ gateway: A, gateways: [A] });
    expect(balancer.held.size).toBe(0);
    await balanced.push({ group, text: 'x 2\n', mode: 'push', turn: token });
    balancer.known.delete('a');
    balancer.preferred = 'b';
    balancer.held.set('b', 'of another');
    await balanced.delete(group);
    expect(balancer.held.get('b')).toBe('of another');
  });

  it('where there was a list of gateways before: removes what is left on the others', async () => {
    balancer.preferred = undefined;
    await store.ledgers.noteHolder(group, token, 'http://old:9091');
    expect(await pool().push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual({
      gateway: ADDRESS,
      gateways: [ADDRESS],
    });
    expect((await store.ledgers.read(group)).holder).toBe(ADDRESS);
    await waitFor(async () => (await store.ledgers.read(group)).copies.length === 1, {
      message: 'the copy to be struck',
    });
    expect(balancer.requests).toContain('DELETE');
    balancer.requests.length = 0;
    await pool().push({ group, text: 'x 2\n', mode: 'push', turn: token });
    expect(balancer.requests).toEqual(['PUT']);
  });
});

import { getEventListeners, getMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { GatewayResponseError, HttpConnectionError } from '../../../../lib/errors/index.js';
import type { PushgatewayClient } from '../../../../lib/gateway/index.js';
import { BroadcastGateways } from '../../../../lib/gateway/pools.js';
import type { Group } from '../../../../lib/model/index.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import { waitFor } from '../../../support/wait-for.js';

const group: Group = { job: 'shop', instance: 'one', labels: {} };
const all = ['http://a:1', 'http://b:2', 'http://c:3'] as const;
const [a, b, c] = all;
const refused = new HttpConnectionError('refused', 'ECONNREFUSED');
const answered = new GatewayResponseError('clash', 400, 'clash');

let store: MemoryStore;
let token: string;
let log: jest.SpyInstance;
let warn: jest.SpyInstance;
let held: Map<string, string>;
let requests: string[];
/** What a gateway does before it takes a request. */
let before: Map<string, (signal?: AbortSignal) => Promise<void>>;
let pool: BroadcastGateways;
/** When the process at an address began. */
let startedAt: (gateway: string) => string;

const fails = (error: Error) => () => Promise.reject(error);
/** Answers nothing until it is given up. */
const hangs = (signal?: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new Error('given up'));
    });
  });

function clientOf(gateway: string): PushgatewayClient {
  const act = async (verb: string, signal?: AbortSignal): Promise<void> => {
    requests.push(`${verb} ${gateway}`);
    await before.get(gateway)?.(signal);
  };
  const take = (verb: string) => async (_: unknown, text: string, signal?: AbortSignal) => {
    await act(verb, signal);
    held.set(gateway, text);
  };
  const remove = async (): Promise<void> => {
    await act('DELETE');
    held.delete(gateway);
  };
  const status = () => Promise.resolve({ flags: {} });
  const identify = () => Promise.resolve({ name: undefined, startedAt: startedAt(gateway) });
  return { push: take('PUT'), pushAdd: take('POST'), delete: remove, status, identify } as unknown as PushgatewayClient;
}

beforeEach(async () => {
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  store = new MemoryStore();
  held = new Map();
  requests = [];
  before = new Map();
  startedAt = (gateway) => gateway;
  token = (await store.turns.take(group, 60_000)).turn as string;
  pool = new BroadcastGateways({ addresses: all, clientOf }, store.ledgers);
});
afterEach(() => {
  pool.close();
  jest.restoreAllMocks();
});

describe('BroadcastGateways', () => {
  it('leaves nothing behind at a signal that lives on, however many gateways there are', async () => {
    const any = jest.spyOn(AbortSignal, 'any');
    const limits: number[] = [];
    for (const gateway of all) {
      before.set(gateway, (signal) => {
        limits.push(getMaxListeners(signal as AbortSignal));
        return Promise.resolve();
      });
    }
    const { signal } = new AbortController();
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token, signal });
    expect(limits).toEqual(all.map(() => Infinity));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(any).not.toHaveBeenCalled();
  });

  it('brings a group to every gateway', async () => {
    expect(await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual({ gateway: a, gateways: all });
    expect(await pool.push({ group, text: 'x 2\n', mode: 'pushAdd', turn: token })).toEqual({
      gateway: a,
      gateways: all,
    });
    expect([...held.values()]).toEqual(['x 2\n', 'x 2\n', 'x 2\n']);
    expect(await pool.delete(group)).toEqual({ gateway: a, gateways: all });
    expect(held.size).toBe(0);
  });

  it('is done when one has taken it, and tells what the others missed', async () => {
    before.set(a, fails(refused));
    before.set(c, fails(answered));
    expect(await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token })).toEqual({
      gateway: b,
      gateways: [b],
      missed: [
        { gateway: a, error: refused },
        { gateway: c, error: answered },
      ],
    });
  });

  it('fails when none has, with what a gateway said rather than that another is away', async () => {
    for (const gateway of all) before.set(gateway, fails(refused));
    await expect(pool.push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: refused,
      gateways: [a, b, c],
    });
    before.set(b, fails(answered));
    await expect(pool.push({ group, text: 'x 1\n', mode: 'push', turn: token })).rejects.toMatchObject({
      cause: answered,
      gateways: [b, a, c],
    });
  });

  it('says once that a gateway misses pushes, and once that it takes them again', async () => {
    before.set(b, fails(refused));
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await pool.push({ group, text: 'x 2\n', mode: 'push', turn: token });
    expect(warn.mock.calls).toEqual([[`Pushgateway ${b} misses pushes: refused`]]);
    before.clear();
    await pool.push({ group, text: 'x 3\n', mode: 'push', turn: token });
    await pool.push({ group, text: 'x 4\n', mode: 'push', turn: token });
    expect(log.mock.calls).toEqual([[`Pushgateway ${b} takes pushes again`]]);
    expect(held.get(b)).toBe('x 4\n');
  });

  it('does not wait for ever for one that did not answer last time', async () => {
    before.set(b, fails(refused));
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    before.set(b, hangs);
    expect(await pool.push({ group, text: 'x 2\n', mode: 'push', turn: token })).toMatchObject({
      gateways: [a, c],
      missed: [{ gateway: b }],
    });
  });

  it('deletes from all or fails: one that does not answer would go on showing the group', async () => {
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    before.set(b, fails(refused));
    await expect(pool.delete(group)).rejects.toMatchObject({ cause: refused, gateways: [b, a, c] });
    expect([...held.keys()]).toEqual([b]);
  });

  it('notes that all have it, before anything is sent', async () => {
    for (const gateway of all) before.set(gateway, fails(refused));
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token }).catch(() => undefined);
    expect([...(await store.ledgers.read(group)).copies].sort()).toEqual([...all]);
  });

  it('sends nothing when its turn is lost', async () => {
    await expect(pool.push({ group, text: 'x 1\n', mode: 'push', turn: 'another' })).rejects.toMatchObject({
      code: 'ERR_PUSH_LOCK',
    });
    expect(requests).toEqual([]);
  });

  it('removes the group from a gateway that is not in the list any more', async () => {
    await store.ledgers.noteHolder(group, token, 'http://old:1');
    held.set('http://old:1', 'x 0\n');
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await waitFor(async () => !(await store.ledgers.read(group)).copies.includes('http://old:1'), {
      message: 'the removed gateway to be struck',
    });
    expect([...held.keys()].sort()).toEqual([...all]);
  });

  it('removes nothing from an address that is one of its gateways by another name', async () => {
    await store.ledgers.noteHolder(group, token, 'http://10.0.0.1:1');
    startedAt = (gateway) => (gateway === 'http://10.0.0.1:1' ? a : gateway);
    await pool.push({ group, text: 'x 1\n', mode: 'push', turn: token });
    await waitFor(async () => !(await store.ledgers.read(group)).copies.includes('http://10.0.0.1:1'), {
      message: 'the other name to be struck',
    });
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
  });
});

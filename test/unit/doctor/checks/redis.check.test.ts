import { checkStore, probeStore } from '../../../../lib/doctor/checks/redis.check.js';
import { StoreUnavailableError } from '../../../../lib/errors/index.js';
import type { StoreFacts } from '../../../../lib/store/index.js';
import { faultsOf, optionsOf, passedOf } from '../support.js';

const ADDRESS = 'redis://r:6379';
const WELL: StoreFacts = {
  address: ADDRESS,
  isShared: true,
  version: 'Redis 7.0.15',
  refusesWrites: false,
  snapshots: true,
  journal: 'everysec',
  evictionPolicy: 'noeviction',
  evictedKeys: 0,
  memory: { usedBytes: 1, limitBytes: 0 },
  clockAheadMs: 0,
};
const check = (change: Partial<StoreFacts>) => checkStore({ facts: [{ ...WELL, ...change }] }, ADDRESS, optionsOf());

it('has nothing against a Redis that is well', () => {
  expect(faultsOf(check({}))).toEqual([]);
  expect(passedOf(check({}))).toEqual([
    `ok redis.reachable ${ADDRESS}: answers, Redis 7.0.15`,
    `ok redis.writable ${ADDRESS}: takes writes`,
    `ok redis.persistence ${ADDRESS}: writes changes to disk every second: a crash loses those of a second`,
    `ok redis.eviction ${ADDRESS}: evicts no counters (noeviction)`,
  ]);
});

it.each<[Partial<StoreFacts>, string]>([
  [{ refusesWrites: 'replica' }, 'error redis.writable redis://r:6379: is a read-only replica'],
  [{ refusesWrites: 'disk' }, 'error redis.writable redis://r:6379: refuses writes, since it cannot save to its disk'],
  [{ journal: false, snapshots: false }, 'warning redis.persistence redis://r:6379: keeps nothing on disk'],
  [{ journal: false }, 'warning redis.persistence redis://r:6379: takes snapshots only'],
  [
    { evictionPolicy: 'allkeys-lfu', memory: { usedBytes: 1, limitBytes: 100 } },
    'error redis.eviction redis://r:6379: maxmemory-policy is allkeys-lfu',
  ],
  [
    { evictionPolicy: 'allkeys-lfu', evictedKeys: 3, memory: { usedBytes: 1, limitBytes: 100 } },
    'error redis.eviction redis://r:6379: has thrown 3 keys away since it started (allkeys-lfu)',
  ],
  [
    { evictionPolicy: 'allkeys-lru' },
    'warning redis.eviction redis://r:6379: maxmemory-policy is allkeys-lru, though without a maxmemory',
  ],
  [{ memory: { usedBytes: 91, limitBytes: 100 } }, 'warning redis.memory redis://r:6379: uses 91 % of its maxmemory'],
  [{ refusesWrites: undefined }, 'warning redis.writable redis://r:6379: cannot tell whether it takes writes'],
  [
    { journal: undefined },
    'warning redis.persistence redis://r:6379: cannot tell whether it keeps anything over a restart',
  ],
  [
    { journal: false, snapshots: undefined },
    'warning redis.persistence redis://r:6379: cannot tell whether it takes snapshots (its append-only file is off)',
  ],
  [
    { evictionPolicy: undefined },
    'warning redis.eviction redis://r:6379: cannot tell what it evicts when its memory is full',
  ],
])('%j', (change, fault) => {
  expect(faultsOf(check(change))).toEqual([fault]);
});

it.each<[Partial<StoreFacts>, string]>([
  [{ evictionPolicy: 'volatile-lru', memory: { usedBytes: 1, limitBytes: 100 } }, 'evicts no counters (volatile-lru)'],
  // Only keys that expire by themselves: none with values.
  [{ evictionPolicy: 'volatile-lru', evictedKeys: 3 }, 'evicts no counters (volatile-lru)'],
  [{ memory: { usedBytes: 50, limitBytes: 100 } }, 'uses 50 % of its maxmemory'],
  [{ journal: 'always' }, 'writes every change to disk'],
  [{ journal: 'no' }, 'a crash of the machine loses those of some seconds'],
  [{ version: undefined }, 'answers, its version it does not tell'],
])('%j is fine', (change, text) => {
  expect(faultsOf(check(change))).toEqual([]);
  expect(passedOf(check(change)).join('\n')).toContain(text);
});

it('looks at each server of a cluster', () => {
  const facts = [WELL, { ...WELL, address: 'redis://s:6379', refusesWrites: 'replica' as const }];
  expect(faultsOf(checkStore({ facts }, 'cluster', optionsOf()))).toEqual([
    'error redis.writable redis://s:6379: is a read-only replica',
  ]);
});

it('says why Redis does not answer, its address once', async () => {
  const failure = new StoreUnavailableError(`Redis ${ADDRESS} unreachable: connect ECONNREFUSED`);
  const answer = await probeStore(() => Promise.reject(failure));
  expect(faultsOf(checkStore(answer, ADDRESS, optionsOf()))).toEqual([
    `error redis.reachable ${ADDRESS}: unreachable: connect ECONNREFUSED`,
  ]);
});

import { checkScripts, probeScripts } from '../../../../lib/doctor/checks/scripts.check.js';
import { StoreUnavailableError } from '../../../../lib/errors/index.js';
import type { StoreFacts } from '../../../../lib/store/index.js';
import { optionsOf } from '../support.js';

const ADDRESS = 'redis://r:6379';
const facts = { address: ADDRESS, refusesWrites: false } as StoreFacts;
const findingsOf = async (failure?: Error, change: Partial<StoreFacts> = {}) => {
  const rehearse = () => (failure ? Promise.reject(failure) : Promise.resolve());
  return checkScripts(await probeScripts({ rehearse }), { facts: [{ ...facts, ...change }] }, ADDRESS, optionsOf());
};

it('says that every script runs', async () => {
  expect(await findingsOf()).toEqual([
    {
      check: 'redis.scripts',
      severity: 'ok',
      subject: ADDRESS,
      finding: 'runs every script (tried on keys that expire by themselves)',
    },
  ]);
});

it.each([
  [
    `Redis ${ADDRESS} does not let user "app" run hset: ACL SETUSER app +hset`,
    'does not let user "app" run hset',
    'ACL SETUSER app +hset',
  ],
  [
    `Redis ${ADDRESS} answered ERR unknown command: eval`,
    'answered ERR unknown command: eval',
    expect.stringContaining('names them all') as string,
  ],
])('%s', async (message, finding, fix) => {
  const why = 'What is counted is not stored, or not pushed';
  expect(await findingsOf(new StoreUnavailableError(message))).toEqual([
    { check: 'redis.scripts', severity: 'error', subject: ADDRESS, finding, why, fix },
  ]);
});

it('says nothing of a store that takes no writes, does not answer, or is this process', async () => {
  const failure = new StoreUnavailableError('READONLY');
  expect(await findingsOf(failure, { refusesWrites: 'replica' })).toEqual([]);
  expect(checkScripts(failure, { failure }, ADDRESS, optionsOf())).toEqual([]);
  const inMemory = optionsOf({ pushgateway: { redis: 'memory' } });
  expect(checkScripts(undefined, { facts: [facts] }, 'memory', inMemory)).toEqual([]);
});

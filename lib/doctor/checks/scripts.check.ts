import type { ResolvedOptions } from '../../options/index.js';
import type { Store } from '../../store/index.js';
import { error, type Finding, ok } from '../finding.js';
import type { StoreAnswer } from './redis.check.js';

/** Why not everything could be done that is asked of a store; undefined if it could. Never rejects. */
export function probeScripts(store: Pick<Store, 'rehearse'>): Promise<Error | undefined> {
  return store.rehearse().then(
    () => undefined,
    (failure: unknown) => failure as Error,
  );
}

/** Finds nothing if the store does not answer or takes no writes: other checks report that. */
export function checkScripts(
  failure: Error | undefined,
  store: StoreAnswer,
  address: string,
  { redis }: ResolvedOptions,
): Finding[] {
  const check = 'redis.scripts';
  if (redis === 'memory' || 'failure' in store || store.facts.some(({ refusesWrites }) => refusesWrites)) return [];
  if (failure === undefined) return [ok(check, address, 'runs every script (tried on keys that expire by themselves)')];
  const prefix = `Redis ${address} `;
  const message = failure.message.startsWith(prefix) ? failure.message.slice(prefix.length) : failure.message;
  const [finding = message, allow] = message.split(/: (?=ACL SETUSER )/);
  return [
    error(check, address, finding, {
      why: 'What is counted is not stored, or not pushed',
      fix: allow ?? 'Let Redis run scripts with these commands: the documentation of Redis names them all',
    }),
  ];
}

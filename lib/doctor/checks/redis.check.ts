import type { ResolvedOptions } from '../../options/index.js';
import type { StoreFacts } from '../../store/index.js';
import { error, type Finding, ok, warning } from '../finding.js';

/** Fuller than this, memory counts as nearly used. */
const NEARLY_FULL = 0.9;

/** What the store says, or why it says nothing. */
export type StoreAnswer = { readonly facts: readonly StoreFacts[] } | { readonly failure: Error };

/** Never rejects. */
export function probeStore(diagnose: () => Promise<readonly StoreFacts[]>): Promise<StoreAnswer> {
  return diagnose().then(
    (facts) => ({ facts }),
    (failure: unknown) => ({ failure: failure as Error }),
  );
}

export function checkStore(answer: StoreAnswer, address: string, options: ResolvedOptions): Finding[] {
  if ('failure' in answer) {
    const prefix = `Redis ${address} `;
    const { message } = answer.failure;
    const finding = message.startsWith(prefix) ? message.slice(prefix.length) : message;
    return [
      error('redis.reachable', address, finding, {
        why: 'Counts wait in the memory of each process and are lost with it; every push fails',
        fix: 'Start it, or correct pushgateway.redis',
      }),
    ];
  }
  if (options.redis === 'memory') return [inMemory(address)];
  return answer.facts.flatMap((facts) => [
    ok('redis.reachable', facts.address, `answers, ${facts.version ?? 'its version it does not tell'}`),
    writable(facts),
    persistence(facts),
    eviction(facts),
    ...memory(facts),
  ]);
}

function inMemory(address: string): Finding {
  return warning('redis.shared', address, 'values are of one process alone', {
    why: 'Replicas do not add up, each push replaces what another one pushed, a restart begins all counters at 0, and this command sees no values of the application',
    fix: 'Set pushgateway.redis to a Redis that all replicas share',
  });
}

function writable({ address, refusesWrites }: StoreFacts): Finding {
  const why = 'Nothing that is counted is stored';
  switch (refusesWrites) {
    case 'replica':
      return error('redis.writable', address, 'is a read-only replica', {
        why,
        fix: 'Let pushgateway.redis name the primary, or the sentinels that know it',
      });
    case 'disk':
      return error('redis.writable', address, 'refuses writes, since it cannot save to its disk', {
        why,
        fix: "Make room, or mend what Redis' log says of its last save",
      });
    case false:
      return ok('redis.writable', address, 'takes writes');
    case undefined:
      return unknown('redis.writable', address, 'whether it takes writes', 'INFO');
  }
}

function persistence({ address, snapshots, journal }: StoreFacts): Finding {
  const check = 'redis.persistence';
  const fix = 'Turn the append-only file on: appendonly yes';
  if (journal === undefined) return unknown(check, address, 'whether it keeps anything over a restart', 'INFO');
  if (journal === 'always') return ok(check, address, 'writes every change to disk');
  if (journal === 'no')
    return ok(
      check,
      address,
      'writes changes to disk when the system likes: a crash of the machine loses those of some seconds',
    );
  if (journal !== false)
    return ok(check, address, 'writes changes to disk every second: a crash loses those of a second');
  if (snapshots === undefined)
    return unknown(check, address, 'whether it takes snapshots (its append-only file is off)', 'CONFIG GET');
  if (snapshots) {
    return warning(check, address, 'takes snapshots only', {
      why: 'A crash takes counters back to the last snapshot: Prometheus sees a reset, and the increments since are lost',
      fix,
    });
  }
  return warning(check, address, 'keeps nothing on disk', { why: 'A restart of Redis begins all counters at 0', fix });
}

function eviction({ address, evictionPolicy, evictedKeys = 0, memory }: StoreFacts): Finding {
  const check = 'redis.eviction';
  if (evictionPolicy === undefined) return unknown(check, address, 'what it evicts when its memory is full', 'INFO');
  if (evictionPolicy.startsWith('allkeys-')) {
    if (evictedKeys > 0) {
      return error(check, address, `has thrown ${evictedKeys} keys away since it started (${evictionPolicy})`, {
        why: 'Counters may have been among them, also some series of a metric alone: these began at 0 again, and nothing else tells it',
        fix: 'Set maxmemory-policy to noeviction, and give caches a Redis of their own. Distrust what was counted before',
      });
    }
    const advice = {
      why: 'When its memory is full it throws counters away: they begin at 0 again',
      fix: 'Set maxmemory-policy to noeviction, and give caches a Redis of their own',
    };
    return memory?.limitBytes === 0
      ? warning(check, address, `maxmemory-policy is ${evictionPolicy}, though without a maxmemory`, advice)
      : error(check, address, `maxmemory-policy is ${evictionPolicy}`, advice);
  }
  return ok(check, address, `evicts no counters (${evictionPolicy})`);
}

function memory({ address, memory, evictionPolicy }: StoreFacts): Finding[] {
  if (memory === undefined || memory.limitBytes === 0) return [];
  const { usedBytes, limitBytes } = memory;
  const share = `uses ${Math.round((100 * usedBytes) / limitBytes)} % of its maxmemory`;
  if (usedBytes < NEARLY_FULL * limitBytes) return [ok('redis.memory', address, share)];
  const evictsAll = evictionPolicy?.startsWith('allkeys-') === true;
  return [
    warning('redis.memory', address, share, {
      why: evictsAll
        ? 'It is about to throw counters away'
        : 'Once full it refuses writes: what is counted waits in the memory of each process',
      fix: 'Raise maxmemory, or find out who fills it',
    }),
  ];
}

function unknown(check: string, address: string, what: string, command: string): Finding {
  return warning(check, address, `cannot tell ${what}`, {
    why: `It does not answer ${command}, as some managed servers do not`,
    fix: 'Look it up where the server is managed',
  });
}

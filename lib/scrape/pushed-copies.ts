import { setTimeout as wait } from 'node:timers/promises';
import { isNobodyThere } from '../gateway/client/failure-kind.js';
import { groupingKeyOf, partsOf } from '../gateway/index.js';
import type { GatewayDirectory, Witness } from '../gateway/pools.js';
import { canonicalLabels, type Group } from '../model/index.js';
import type { Ledger, Ledgers } from '../store/index.js';

/** How long a scrape waits for a gateway, and then for Prometheus: its own reader waits ten seconds as a rule. */
const PATIENCE_MS = 2_000;
/** What Prometheus has not scraped for this many intervals it scrapes no more. */
const INTERVALS_TO_WAIT = 2;
/** Prometheus' own default. */
const DEFAULT_INTERVAL_MS = 60_000;
/** For so long a gateway that cannot be asked, and is taken for gone, is not asked again. */
const GONE_FOR_MS = 60_000;

interface Look {
  readonly gateway: string;
  readonly has: boolean | Error;
}

/**
 * Finds the gateway on which a scraped group is too. The ledger names those that may have it: they are asked, once for each push, by one
 * process. Of one that cannot be asked Prometheus tells whether it still scrapes the group there.
 */
export class PushedCopies {
  /** By job: what the ledger said when gateways that cannot be asked were taken for gone, and until when they are. */
  readonly #gone = new Map<string, { readonly state: string; readonly until: number }>();

  constructor(
    private readonly directory: Pick<GatewayDirectory, 'addresses' | 'clientOf'>,
    private readonly ledgers: Pick<Ledgers, 'noteAbsent'>,
    private readonly witness: Witness,
  ) {}

  /**
   * For people: where it is, or why nobody knows; undefined if no gateway has it.
   * @param turn The turn in which it is scraped: meanwhile nobody pushes it.
   */
  async find(group: Group, ledger: Ledger, turn: string): Promise<string | undefined> {
    const { copies, holds, absentAt, pushedAt = 0 } = ledger;
    // A push of an older version of the package would leave that note.
    if (copies.length === 0 || (absentAt !== undefined && absentAt >= pushedAt)) return undefined;
    const state = JSON.stringify([holds, pushedAt]);
    const gone = this.#gone.get(group.job);
    if (gone?.state === state && performance.now() < gone.until) return undefined;
    const looks = await Promise.all(copies.map((gateway) => this.#look(group, gateway)));
    const found = looks.find(({ has }) => has === true);
    if (found !== undefined) return `is on ${found.gateway} too`;
    const unknown = looks.filter(({ has }) => has instanceof Error);
    if (unknown.length === 0) {
      await this.ledgers.noteAbsent(group, turn).catch(() => undefined);
      return undefined;
    }
    const doubt = await this.#doubt(group, ledger, unknown);
    if (doubt === undefined) this.#gone.set(group.job, { state, until: performance.now() + GONE_FOR_MS });
    return doubt;
  }

  async #look(group: Group, gateway: string): Promise<Look> {
    try {
      const { groups } = await inTime(this.directory.clientOf(gateway).contents());
      const own = identityOf(groupingKeyOf(group));
      return { gateway, has: groups.some(({ labels }) => identityOf(labels) === own) };
    } catch (error) {
      return { gateway, has: error as Error };
    }
  }

  /** Why gateways that cannot be asked may have the group; undefined if they are gone. */
  async #doubt(group: Group, { now, pushedAt = 0 }: Ledger, looks: readonly Look[]): Promise<string | undefined> {
    const sightings = await inTime(this.witness(group)).catch(() => undefined);
    const { intervalMs = DEFAULT_INTERVAL_MS, foundForMs = Infinity } = sightings ?? {};
    const isQuiet = Math.min(foundForMs, now - pushedAt) >= INTERVALS_TO_WAIT * intervalMs;
    if (isQuiet && sightings !== undefined) return undefined;
    const isConfigured = (gateway: string): boolean => this.directory.addresses.includes(partsOf(gateway).address);
    // Without a Prometheus to ask: a gateway that has ended has lost its memory, one that is configured no more is meant to be gone.
    const one = looks.find(
      ({ gateway, has }) => sightings !== undefined || (isConfigured(gateway) && !(isQuiet && isNobodyThere(has))),
    );
    return one && `may be on ${one.gateway} too (${(one.has as Error).message})`;
  }
}

/** @throws Error if it takes longer than a scrape has time */
async function inTime<T>(asked: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`it has not answered within ${PATIENCE_MS} ms`);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    late.catch(() => undefined);
    asked.catch(() => undefined);
    answered.abort();
  }
}

/** To Prometheus an empty label is no label. */
function identityOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== '');
  return canonicalLabels(
    names,
    names.map((name) => labels[name] as string),
  );
}

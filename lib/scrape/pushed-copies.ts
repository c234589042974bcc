import { groupingKeyOf, type GatewayDirectory } from '../gateway/index.js';
import { canonicalLabels, type Group } from '../model/index.js';
import type { Ledger } from '../store/index.js';

/**
 * Finds the gateway on which a scraped group is too. The ledger names those that may have it, also after it was deleted there: they are
 * asked, once for each push.
 */
export class PushedCopies {
  /** By job: what the ledger said when no gateway had it. */
  readonly #absent = new Map<string, string>();

  constructor(private readonly directory: Pick<GatewayDirectory, 'clientOf'>) {}

  /** For people: where it is, or why nobody knows; undefined if no gateway has it. */
  async find(group: Group, { copies, holds, pushedAt }: Ledger): Promise<string | undefined> {
    if (copies.length === 0) return undefined;
    const state = JSON.stringify([copies, holds, pushedAt]);
    if (this.#absent.get(group.job) === state) return undefined;
    const places = await Promise.all(copies.map((gateway) => this.#look(group, gateway)));
    const found = places.find((place) => place !== undefined);
    if (found === undefined) this.#absent.set(group.job, state);
    return found;
  }

  async #look(group: Group, gateway: string): Promise<string | undefined> {
    try {
      const { groups } = await this.directory.clientOf(gateway).contents();
      const own = identityOf(groupingKeyOf(group));
      return groups.some(({ labels }) => identityOf(labels) === own) ? `is on ${gateway} too` : undefined;
    } catch (error) {
      return `may be on ${gateway} too (${(error as Error).message})`;
    }
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

import { setTimeout as wait } from 'node:timers/promises';
import { failureKind, isNobodyThere } from '../client/failure-kind.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import { partsOf } from '../gateway-id.js';
import type { GatewayIdentity } from '../client/pushgateway-client.js';

/** A gateway that is well answers sooner. */
const PATIENCE_MS = 1_000;
/** How long a gateway that does not say who it is counts as the same one: requests to it are meant to wait in its socket. */
const KNOWN_FOR_MS = 30_000;

/** `other`: no request for that gateway would reach it, or it is a keeper by another name. `unknown`: nobody can tell yet. */
export type CopyKind = 'copy' | 'other' | 'unknown';

type Answer = GatewayIdentity | 'nobody' | 'silent' | 'proxy';

/** Tells whether what stands at an address is a gateway with an old copy: one gateway may be reached by several addresses. */
export class GatewayIdentities {
  /** Gateways that did not say who they are: since when in Unix milliseconds. */
  readonly #silent = new Map<string, number>();
  /** Pairs of addresses that have been seen to be two gateways. */
  readonly #apart = new Set<string>();

  constructor(private readonly directory: GatewayDirectory) {}

  /**
   * Whether a request to `gateway` reaches that gateway, and none of the keepers: those that are to have the group.
   * @throws what the client threw, if there is nobody at the address, or a proxy on the way lets nothing through.
   */
  async examine(gateway: string, keepers: readonly string[]): Promise<CopyKind> {
    if (Date.now() - (this.#silent.get(gateway) ?? -Infinity) < KNOWN_FOR_MS) return 'copy';
    const asked = keepers.map(async (keeper) => ({ keeper, is: await this.#ask(keeper).catch(nobodyOrProxy) }));
    const [there, ...here] = await Promise.all([this.#ask(gateway), ...asked]);
    // A balancer hands a request for a name that it does not know to any gateway.
    if (typeof there === 'object' && there.name !== partsOf(gateway).name) return 'other';
    if (here.some(({ is }) => isSame(there, is))) return 'other';
    // A proxy that lets nothing through tells nothing about the gateway behind it.
    if (here.some(({ is }) => is === 'proxy')) return 'unknown';
    for (const { keeper, is } of here) {
      const pair = `${gateway} ${keeper}`;
      // One gateway cannot answer at one address and be silent at another, nor be silent where nobody listens.
      if (is !== 'silent') this.#apart.add(pair);
      if (there === 'silent' && !this.#apart.has(pair)) return 'unknown';
    }
    if (there === 'silent') this.#silent.set(gateway, Date.now());
    return 'copy';
  }

  /** Whether a gateway answers just now. */
  async isThere(gateway: string): Promise<boolean> {
    return typeof (await this.#ask(gateway).catch(nobodyOrProxy)) === 'object';
  }

  /** Notes that a gateway has answered. */
  heard(gateway: string): void {
    this.#silent.delete(gateway);
  }

  /**
   * Gives `silent` also for a gateway that gives its balancer no answer.
   * @throws if there is nobody at the address, or a proxy on the way lets nothing through.
   */
  async #ask(gateway: string): Promise<Answer> {
    const giveUp = new AbortController();
    const answer = this.directory
      .clientOf(gateway)
      .identify(giveUp.signal)
      .catch((error: unknown): Answer => {
        if (isNobodyThere(error) || failureKind(error) === 'proxy') throw error;
        return 'silent';
      });
    const patience = wait(PATIENCE_MS, 'silent' as const, { ref: false, signal: giveUp.signal });
    try {
      return await Promise.race([answer, patience]);
    } finally {
      answer.catch(() => undefined);
      patience.catch(() => undefined);
      giveUp.abort();
    }
  }
}

const nobodyOrProxy = (error: unknown): Answer => (failureKind(error) === 'proxy' ? 'proxy' : 'nobody');

function isSame(one: Answer, other: Answer): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return one.startedAt !== undefined && one.startedAt === other.startedAt;
}

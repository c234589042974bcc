import { GatewayResponseError, HttpConnectionError, HttpTimeoutError } from '../../../../lib/errors/index.js';
import type {
  BothFormats,
  ExpositionText,
  GatewayContents,
  GatewayIdentity,
  PushgatewayClient,
} from '../../../../lib/gateway/index.js';
import { bytesOf } from '../../../../lib/model/index.js';
import type { Gateway } from './simulated-gateway.js';
import { group } from './the-group.js';
import type { Host } from './host.js';
import type { World } from './world.js';

export const TIMEOUT_MS = 1_000;

/** Who takes a request; a string: the answer of a balancer that could not hand it on. */
export type Target = () => Gateway | 'unreachable';

/** After 202 a gateway may take so long to do what it was asked. */
const DELETION_MS: [number, ...number[]] = [0, 0, 1, 20];
export const LONGEST_DELETION_MS = Math.max(...DELETION_MS);

const never = (): Promise<never> => new Promise(() => undefined);

/** Told before a gateway takes a value. */
export type OnPush = (gateway: Gateway, value: number, isAwaited: boolean) => void;

/** `PushgatewayClient` of one pusher for one gateway, over a network of the model. */
export class ModelClient {
  constructor(
    private readonly world: World,
    private readonly host: Host,
    private readonly target: Target,
    /** What a balancer says who answered; undefined: there is none. */
    private readonly isNamed: boolean,
    private readonly onPush: OnPush,
  ) {}

  static of(...args: ConstructorParameters<typeof ModelClient>): PushgatewayClient {
    return new ModelClient(...args) as unknown as PushgatewayClient;
  }

  async push(
    _: unknown,
    exposition: ExpositionText | BothFormats,
    signal?: AbortSignal,
    beforeEnd?: () => Promise<void>,
  ): Promise<string | undefined> {
    return this.#request(async (isGivenUp) => {
      const gateway = await this.#reach();
      await this.#answered(gateway);
      // 100 Continue: only now the body is made.
      await this.world.travel();
      await this.#unlessGivenUp(isGivenUp);
      // The model reads text, whatever a real gateway would take.
      const { text } = exposition as BothFormats;
      const source = text as Exclude<ExpositionText, string>;
      let body = '';
      for await (const piece of source(gateway.name)) {
        await this.#unlessGivenUp(isGivenUp);
        body += Buffer.concat(bytesOf(piece)).toString();
      }
      await beforeEnd?.();
      await this.#unlessGivenUp(isGivenUp);
      const value = Number(/^orders_total\S* (\S+)$/m.exec(body)?.[1]);
      await this.world.travel();
      // What has been sent is taken, even by a gateway that froze meanwhile, and long after the client gave up.
      await this.#answered(gateway);
      this.world.tell(`${this.host.name} PUT ${value} at ${gateway.name}${isGivenUp() ? ', given up' : ''}`);
      this.onPush(gateway, value, !isGivenUp());
      gateway.held = value;
      return this.isNamed ? gateway.name : undefined;
    }, signal);
  }

  async delete(): Promise<void> {
    await this.#request(async () => {
      const gateway = await this.#reach();
      await this.#answered(gateway);
      void this.#forget(gateway);
    });
  }

  async locate(): Promise<string | undefined> {
    if (!this.isNamed) return undefined;
    return this.#request(async () => {
      const gateway = await this.#reach();
      await this.#answered(gateway);
      return gateway.name;
    });
  }

  async identify(signal?: AbortSignal): Promise<GatewayIdentity> {
    return this.#request(async () => {
      const gateway = await this.#reach();
      await this.#answered(gateway);
      return { name: this.isNamed ? gateway.name : undefined, startedAt: gateway.startedAt };
    }, signal);
  }

  async contents(): Promise<Pick<GatewayContents, 'groups'>> {
    return this.#request(async () => {
      const gateway = await this.#reach();
      await this.#answered(gateway);
      return {
        groups:
          gateway.held === undefined ? [] : [{ labels: { job: group.job, instance: group.instance }, pushedAt: 0 }],
      };
    });
  }

  status(): Promise<{ flags: Record<string, string> }> {
    return Promise.resolve({ flags: {} });
  }

  async #forget(gateway: Gateway): Promise<void> {
    gateway.deletions += 1;
    await this.world.wait(this.world.pick(DELETION_MS));
    gateway.deletions -= 1;
    if (!(await gateway.turnsTo())) return;
    if (gateway.held !== undefined) this.world.tell(`${this.host.name} DELETE at ${gateway.name}`);
    gateway.held = undefined;
  }

  async #request<T>(exchange: (isGivenUp: () => boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.host.gate();
    const deadline = this.world.now + TIMEOUT_MS;
    const isGivenUp = (): boolean => this.host.isDead || signal?.aborted === true || this.world.now >= deadline;
    const answer = (async (): Promise<T> => {
      const result = await exchange(isGivenUp);
      await this.world.travel();
      await this.host.gate();
      // A process that comes back looks at its timers first.
      return isGivenUp() ? never() : result;
    })();
    const timeOut = (async (): Promise<never> => {
      let abort = (): void => undefined;
      const aborted = new Promise<void>((resolve) => (abort = resolve));
      signal?.addEventListener('abort', abort);
      await Promise.race([this.world.wait(TIMEOUT_MS), aborted]);
      signal?.removeEventListener('abort', abort);
      await this.host.gate();
      throw new HttpTimeoutError('no answer in time');
    })();
    timeOut.catch(() => undefined);
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, timeOut]);
    } finally {
      await this.host.gate();
    }
  }

  /** The gateway, once the request has arrived in its socket. */
  async #reach(): Promise<Gateway> {
    await this.world.travel();
    const gateway = this.target();
    if (gateway === 'unreachable') throw new GatewayResponseError('503', 503, 'no server');
    if (!gateway.isDead && !gateway.isCutOff) return gateway;
    if (this.isNamed) return this.#refusedByBalancer();
    if (gateway.isCutOff && !gateway.isRefusing) return never();
    throw new HttpConnectionError('refused', 'ECONNREFUSED');
  }

  #refusedByBalancer(): never {
    throw new GatewayResponseError('503', 503, 'no server');
  }

  async #answered(gateway: Gateway): Promise<void> {
    if (await gateway.turnsTo()) return;
    if (this.isNamed) throw new GatewayResponseError('502', 502, 'connection closed');
    throw new HttpConnectionError('reset', 'ECONNRESET');
  }

  async #unlessGivenUp(isGivenUp: () => boolean): Promise<void> {
    await this.host.gate();
    if (isGivenUp()) await never();
  }
}

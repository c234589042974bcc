import type { INestApplicationContext } from '@nestjs/common';
import type { GatewayPool, GroupPush, PoolAnswer } from '../gateway/index.js';
import { bytesOf, type Group, type PushMode } from '../model/index.js';
import { GATEWAY_POOL } from '../module/providers.js';
import { modulesIn } from './modules-in.js';

/** What would have been sent to the gateways. */
export interface RecordedPush {
  /** `'push'` replaces the group, `'pushAdd'` the families that the text names; `'delete'` removes the group. */
  readonly mode: PushMode | 'delete';
  /** Whose group it is. */
  readonly job: string;
  /** The grouping label of that name. */
  readonly instance: string;
  /** `pushgateway.groupingLabels`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Exposition text, as a gateway gets it; `''` with `'delete'`. */
  readonly text: string;
}

/**
 * What the application would have sent to its gateways, the oldest first, module by module where it has several. Without {@link metricsInMemory} or
 * {@link PrometheusPushgatewayTestingModule} nothing is recorded.
 * @param app A testing module, or an application made of one.
 * @throws Error if the application has its real gateways
 */
export function recordedPushes(app: Pick<INestApplicationContext, 'get'>): readonly RecordedPush[] {
  const pools = modulesIn(app).map((find) => find<unknown>(GATEWAY_POOL));
  if (pools.every((pool) => pool instanceof RecordingGateways)) return pools.flatMap(({ pushes }) => pushes);
  throw new Error(
    'recordedPushes: this application pushes to real gateways; give its testing module to metricsInMemory',
  );
}

/** Takes everything, as if it were on the gateway at once, and sends nothing. */
export class RecordingGateways implements GatewayPool {
  readonly isRecording = true;
  readonly pushes: RecordedPush[] = [];

  constructor(
    readonly addresses: readonly string[],
    private readonly isBroadcast: boolean,
  ) {}

  async push({ group, text, mode, beforeEnd }: GroupPush): Promise<PoolAnswer> {
    const exposition = typeof text === 'object' ? text.text : text;
    const pieces: Uint8Array[] = [];
    if (typeof exposition === 'string') pieces.push(Buffer.from(exposition));
    else
      for await (const piece of exposition(this.#first))
        pieces.push(...bytesOf(piece).map((part) => Buffer.from(part)));
    await beforeEnd?.();
    return this.#record(group, mode, Buffer.concat(pieces).toString());
  }

  delete(group: Group): Promise<PoolAnswer> {
    return Promise.resolve(this.#record(group, 'delete', ''));
  }

  resume(): void {
    // No earlier process has left anything.
  }

  close(): void {
    // Nothing is open.
  }

  get #first(): string {
    return this.addresses[0] as string;
  }

  #record({ job, instance, labels }: Group, mode: RecordedPush['mode'], text: string): PoolAnswer {
    this.pushes.push({ mode, job, instance, labels, text });
    return { gateway: this.#first, gateways: this.isBroadcast ? this.addresses : [this.#first] };
  }
}

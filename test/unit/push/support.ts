import { NumberAccumulator, UpdateBuffers } from '../../../lib/buffer/index.js';
import type { BothFormats, ExpositionText, GatewayPool, GroupPush, PoolAnswer } from '../../../lib/gateway/index.js';
import { bytesOf, type Group, resolveDefinition } from '../../../lib/model/index.js';
import { GroupReader, PushService } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

export const counter = resolveDefinition({
  name: 'orders_total',
  help: 'Orders',
  type: 'counter',
  labelNames: ['type'],
});
export const groups: Group[] = ['shop', 'stock'].map((job) => ({ job, instance: 'host', labels: {} }));
export const shop = groups[0] as Group;

/** A gateway that reads the whole text, or does what the test says. */
export class FakePool implements GatewayPool {
  readonly addresses = ['http://gateway:9091', 'http://other:9091'];
  readonly requests: { verb: string; job: string; text?: string }[] = [];
  /** Stands before a request is noted, between the gateway's readiness and the body. */
  before: () => Promise<void> = () => Promise.resolve();

  async push({ group, text, mode, beforeEnd }: GroupPush): Promise<PoolAnswer> {
    await this.before();
    const whole = await readText(text);
    await beforeEnd?.();
    this.requests.push({ verb: mode, job: group.job, text: whole });
    return this.#answer();
  }

  resume(): void {
    this.requests.push({ verb: 'resume', job: '' });
  }

  close(): void {
    this.requests.push({ verb: 'close', job: '' });
  }

  async delete({ job }: Group): Promise<PoolAnswer> {
    await this.before();
    this.requests.push({ verb: 'delete', job });
    return this.#answer();
  }

  #answer(): PoolAnswer {
    return { gateway: 'http://other:9091', gateways: ['http://other:9091', 'http://gateway:9091'] };
  }
}

export async function readText(text: ExpositionText | BothFormats): Promise<string> {
  if (typeof text === 'string') return text;
  if (typeof text === 'object') return readText(text.text);
  let whole = '';
  for await (const piece of text('http://gateway:9091')) whole += Buffer.concat(bytesOf(piece)).toString();
  return whole;
}

export interface Replica {
  readonly service: PushService;
  readonly buffers: UpdateBuffers;
  readonly reader: GroupReader;
  readonly inc: (job?: string, type?: string) => void;
}

const opened: UpdateBuffers[] = [];

/** One process of the application. */
export function startReplica(store: MemoryStore, pool: GatewayPool, timeoutMs = 1_000): Replica {
  const buffers = new UpdateBuffers(groups, store, 3_600_000);
  opened.push(buffers);
  const reader = new GroupReader(groups, buffers, store.series);
  return {
    service: new PushService({ reader, store, pool, timeoutMs }),
    buffers,
    reader,
    inc: (job = 'shop', type = 'blue') => {
      new NumberAccumulator(`type="${type}"`, buffers.of(job).family(counter)).add(1);
    },
  };
}

/** Stops the timers of every replica. */
export async function stopReplicas(): Promise<void> {
  await Promise.all(opened.splice(0).map((buffers) => buffers.close(0)));
}

export interface Gate {
  readonly reached: Promise<void>;
  open(): void;
  readonly pass: () => Promise<void>;
}

/** Where someone waits until the test lets them on. */
export function gate(): Gate {
  let arrive: () => void = () => undefined;
  let open: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const opening = new Promise<void>((resolve) => (open = resolve));
  return {
    reached,
    open: () => {
      open();
    },
    pass: () => {
      arrive();
      return opening;
    },
  };
}

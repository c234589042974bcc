import type { ModulesContainer } from '@nestjs/core';
import { type BullQueue, type BullWorker, prototypesOf, type WorkerClass } from './shapes.js';

/** What an application has of BullMQ. */
export class BullApplication {
  constructor(private readonly modules: ModulesContainer) {}

  /** The classes by which `BullModule` makes workers: by its name, as an application may have its own copy of the package. */
  workerClasses(): WorkerClass[] {
    const classes = [...this.modules.values()]
      .map(({ metatype }) => metatype as { name: string; _workerClass?: WorkerClass })
      .flatMap(({ name, _workerClass }) => (name === 'BullModule' && _workerClass ? [_workerClass] : []));
    return [...new Set(classes)];
  }

  /** Those of `@Processor()`, once they are made. */
  hostedWorkers(): BullWorker[] {
    return this.#instances().flatMap((instance) => workerOf(instance) ?? []);
  }

  /** Whether a worker is known to be of this application. */
  owns(worker: BullWorker): boolean {
    return this.#instances().some((instance) => instance === worker || workerOf(instance) === worker);
  }

  /** All queues that are providers, as those of `BullModule.registerQueue` are, and are not being closed; each once, however often it is registered. */
  queues(): BullQueue[] {
    const queues = this.#instances()
      .filter(isQueue)
      .filter(({ closing }) => closing === undefined);
    return [...new Map(queues.map((queue) => [placeOf(queue), queue])).values()];
  }

  #instances(): unknown[] {
    return [...this.modules.values()].flatMap(({ providers }) =>
      [...providers.values()].map(({ instance }) => instance),
    );
  }
}

function workerOf(instance: unknown): BullWorker | undefined {
  for (const prototype of prototypesOf(instance)) {
    // Some prototypes have no constructor, as that of what is made by `Object.create` of a bare object.
    const { constructor: made } = prototype as { readonly constructor?: { readonly name: string } };
    if (made?.name !== 'WorkerHost') continue;
    try {
      return (instance as { worker: BullWorker }).worker;
    } catch {
      // It is not made yet.
      return undefined;
    }
  }
  return undefined;
}

/** Old Bull's queues have no `qualifiedName`, and what Nest has not made yet has nothing at all. */
function isQueue(instance: unknown): instance is BullQueue {
  for (const prototype of prototypesOf(instance)) {
    if (Object.hasOwn(prototype, 'getJobCounts')) return (instance as Partial<BullQueue>).qualifiedName !== undefined;
  }
  return false;
}

interface Address {
  readonly url?: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly db?: number | string;
}

/** Two queues of one place are the same. */
function placeOf({ qualifiedName, opts }: BullQueue): string {
  const connection = Object(opts.connection) as Address & { options?: Address };
  // A client has them as its options; one of a cluster has none, and the name has to do.
  const { url, path, host, port, db } = connection.options ?? connection;
  return JSON.stringify([qualifiedName, url ?? path ?? host ?? 'localhost', Number(port ?? 6_379), Number(db ?? 0)]);
}

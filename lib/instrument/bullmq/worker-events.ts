import { type BullWorker, prototypesOf, type WorkerClass } from './shapes.js';

/** Who is told what workers tell. */
export interface WorkerListener {
  /** The application that it listens for. */
  readonly application: object;
  /** Whether a worker is known to be of that application. */
  owns(worker: BullWorker): boolean;
  /** Never throws: the worker would take the job for failed. */
  hear(worker: BullWorker, event: string, values: readonly unknown[]): void;
}

interface WorkerPrototype {
  emit: (this: BullWorker, event: string, ...values: unknown[]) => boolean;
}

const listening = new Map<WorkerPrototype, { readonly listeners: WorkerListener[]; readonly end: () => void }>();

/**
 * Hears every worker of BullMQ, whoever makes it and when: those that were made before, those in other processes' files, those that are made by
 * hand. The event is heard before the listeners of the worker itself, which may remove each other.
 * @returns Ends it.
 */
export function listenToWorkers(workerClass: WorkerClass, listener: WorkerListener): () => void {
  const prototype = workerPrototype(workerClass);
  let heard = listening.get(prototype);
  if (heard === undefined) listening.set(prototype, (heard = begin(prototype)));
  const { listeners, end } = heard;
  // By another class that is derived from the same: it would count everything twice.
  if (listeners.includes(listener)) return () => undefined;
  listeners.push(listener);
  return () => {
    listeners.splice(listeners.indexOf(listener), 1);
    if (listeners.length > 0) return;
    end();
    listening.delete(prototype);
  };
}

/** That of BullMQ's own `Worker`, from which others are derived: one that runs, and extends what does not. */
function workerPrototype({ prototype }: WorkerClass): WorkerPrototype {
  const all = [prototype, ...prototypesOf(prototype)].filter((each) => Object.hasOwn(each, 'run'));
  return (all.at(-1) ?? prototype) as WorkerPrototype;
}

function begin(prototype: WorkerPrototype): { listeners: WorkerListener[]; end: () => void } {
  const listeners: WorkerListener[] = [];
  const before = Object.getOwnPropertyDescriptor(prototype, 'emit');
  const { emit } = prototype;
  const heard: WorkerPrototype['emit'] = function (event, ...values) {
    for (const listener of concerned(listeners, this)) listener.hear(this, event, values);
    return emit.call(this, event, ...values);
  };
  Object.defineProperty(prototype, 'emit', { configurable: true, writable: true, value: heard });
  const end = (): void => {
    // Somebody else may have wrapped it since: then it only passes on.
    if (prototype.emit !== heard) return;
    if (before) Object.defineProperty(prototype, 'emit', before);
    else Reflect.deleteProperty(prototype, 'emit');
  };
  return { listeners, end };
}

/** With several applications in this process, those of the worker's own; of one that nobody knows, those of the newest application. */
function concerned(listeners: readonly WorkerListener[], worker: BullWorker): readonly WorkerListener[] {
  const newest = listeners.at(-1)?.application;
  if (listeners.every(({ application }) => application === newest)) return listeners;
  const owners = listeners.filter((listener) => listener.owns(worker));
  return owners.length > 0 ? owners : listeners.filter(({ application }) => application === newest);
}

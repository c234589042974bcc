import { StoreUnavailableError } from '../errors/index.js';
import type { Store, StoreFacts } from '../store/index.js';

type Part = {
  [Name in keyof Store]: Store[Name] extends (...args: never) => unknown
    ? never
    : Store[Name] extends object
      ? Name
      : never;
}[keyof Store];

type Call = (...args: unknown[]) => unknown;

type Gives<Method> = Method extends (...args: never) => AsyncIterable<unknown> ? 'readings' : 'answer';

/** Every method of every part: whether it gives one answer, or one reading after the other. */
const METHODS: { readonly [Name in Part]: { readonly [Method in keyof Store[Name]]: Gives<Store[Name][Method]> } } = {
  series: {
    number: 'answer',
    apply: 'answer',
    families: 'answer',
    definitions: 'answer',
    read: 'readings',
    readText: 'readings',
    restoring: 'answer',
    restore: 'answer',
    sweep: 'answer',
  },
  shapes: { contested: 'answer', settle: 'answer' },
  turns: { begin: 'answer', take: 'answer', keep: 'answer', end: 'answer', collects: 'answer' },
  ledgers: {
    read: 'answer',
    noteHolder: 'answer',
    noteSilence: 'answer',
    noteCopies: 'answer',
    noteUnreachable: 'answer',
    noteAbsent: 'answer',
    strikeCopy: 'answer',
    forgetCopy: 'answer',
  },
  announcements: { release: 'answer', noteShown: 'answer' },
  processes: { live: 'answer', leave: 'answer' },
  removal: { isQuiet: 'answer', removeGroup: 'answer', expireSeries: 'answer' },
  signsOfLife: { beat: 'answer', gateways: 'answer', silentGroups: 'answer', leave: 'answer', strike: 'answer' },
};

/** A store whose code is loaded when it is first asked: an application that starts does not wait for it. */
export class StoreOnDemand implements Store {
  readonly series = this.#part('series');
  readonly shapes = this.#part('shapes');
  readonly turns = this.#part('turns');
  readonly ledgers = this.#part('ledgers');
  readonly announcements = this.#part('announcements');
  readonly processes = this.#part('processes');
  readonly removal = this.#part('removal');
  readonly signsOfLife = this.#part('signsOfLife');
  readonly #load: () => Promise<Store>;
  #loading: Promise<Store> | undefined;
  #store: Store | undefined;
  #hasStarted = false;
  #isClosed = false;

  /** @param load Called once, and again after it has failed: what was asked for then fails. */
  constructor(
    readonly address: string,
    load: () => Promise<Store>,
  ) {
    this.#load = load;
  }

  get wasReached(): boolean {
    return this.#store?.wasReached ?? false;
  }

  async ping(): Promise<void> {
    await (await this.#loaded()).ping();
  }

  async diagnose(): Promise<readonly StoreFacts[]> {
    return (await this.#loaded()).diagnose();
  }

  async rehearse(): Promise<void> {
    await (await this.#loaded()).rehearse();
  }

  started(): void {
    this.#hasStarted = true;
    this.#store?.started();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#store) await this.#store.close();
    else await this.#loading?.catch(() => undefined);
  }

  #loaded(): Promise<Store> {
    return (this.#loading ??= this.#load().then(
      async (store) => {
        if (this.#hasStarted) store.started();
        this.#store = store;
        // Whoever comes too late is refused, as by any store that has been closed.
        if (this.#isClosed) await store.close();
        return store;
      },
      (error: unknown) => {
        // The next who asks may have more luck.
        this.#loading = undefined;
        const reason = (error as Error).message;
        const message = `${this.address} was not asked: the code for it cannot be loaded (${reason})`;
        throw new StoreUnavailableError(message, { cause: error });
      },
    ));
  }

  #part<Name extends Part>(name: Name): Store[Name] {
    const calls = Object.entries(METHODS[name]).map(([method, gives]) => [
      method,
      gives === 'answer' ? this.#answer(name, method) : this.#readings(name, method),
    ]);
    return Object.fromEntries(calls) as Store[Name];
  }

  // All wait for the same promise, also once it is there: so none overtakes another.
  #answer(name: Part, method: string): Call {
    return async (...args) => callOf(await this.#loaded(), name, method)(...args);
  }

  #readings(name: Part, method: string): Call {
    const loaded = () => this.#loaded();
    return async function* (...args) {
      yield* callOf(await loaded(), name, method)(...args) as AsyncIterable<unknown>;
    };
  }
}

function callOf(store: Store, name: Part, method: string): Call {
  const part = store[name] as unknown as Readonly<Record<string, Call>>;
  return (...args) => (part[method] as Call).apply(part, args);
}

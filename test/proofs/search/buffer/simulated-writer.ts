import type { FaultyLink } from './faulty-link.js';
import type { History } from './group-history.js';
import { type CountingProcess, FAMILIES, SERIES, type Told, type Type } from './process.js';
import type { TwinLinks } from './twin.js';

export type Action =
  | { readonly verb: 'change' | 'remove'; readonly type: Type; readonly series: 0 | 1 }
  | { readonly verb: 'reset'; readonly type: Type }
  | { readonly verb: 'crowd' | 'clear' | 'flush' | 'crash' | 'copy' };

/** How a writer can be copied, if it can: once. */
export interface Twin {
  readonly process: CountingProcess;
  readonly links: TwinLinks;
}

/** One process that counts, and what is known of it. */
export class Writer {
  isAlive = true;

  constructor(
    readonly id: number,
    private readonly process: CountingProcess,
    private readonly link: FaultyLink,
    private readonly history: History,
    private readonly check: () => Promise<void>,
    private twin?: Twin,
  ) {}

  get told(): Told {
    return this.process.told;
  }

  act(action: Exclude<Action, { verb: 'copy' }>): void {
    switch (action.verb) {
      case 'change':
        this.change(action.type, SERIES[action.series]);
        break;
      case 'crowd':
        this.#both((process) => {
          process.crowd();
        });
        break;
      case 'remove': {
        const series = SERIES[action.series];
        this.history.remove(this.id, { family: FAMILIES[action.type].name, series });
        this.#both((process) => {
          process.remove(action.type, series);
        });
        break;
      }
      case 'reset':
        this.history.remove(this.id, { family: FAMILIES[action.type].name });
        this.#both((process) => {
          process.reset(action.type);
        });
        break;
      case 'clear':
        this.history.remove(this.id, {});
        this.#both((process) => {
          process.clear();
        });
        break;
      case 'flush':
        void this.flush();
        break;
      case 'crash':
        this.crash();
        break;
    }
  }

  change(type: Type, series: string): void {
    const scope = { family: FAMILIES[type].name, series };
    const value = type === 'gauge' ? this.history.set(this.id, scope) : this.history.add(this.id, scope);
    if (value === undefined) return;
    this.#both((process) => {
      process.change(type, series, value);
    });
  }

  /** Resolves when what was done until now is in the store, or could not be brought there; then all values are checked. */
  async flush(): Promise<void> {
    const until = this.history.now();
    const flushing = this.process.flush();
    this.twin?.process.flush().catch(() => undefined);
    try {
      await flushing;
    } catch {
      return;
    }
    this.history.stored(this.id, until);
    await this.check();
  }

  /** A copy of this process as it is now; undefined if there is one already. */
  copy(id: number, link: FaultyLink): Writer | undefined {
    const { twin } = this;
    if (twin === undefined || !this.isAlive) return undefined;
    delete this.twin;
    this.history.copied(this.id, id);
    twin.links.wake(link);
    return new Writer(id, twin.process, link, this.history, this.check);
  }

  crash(): void {
    this.isAlive = false;
    this.link.cut();
  }

  stop(): void {
    this.crash();
    this.#both((process) => {
      process.stop();
    });
  }

  #both(act: (process: CountingProcess) => void): void {
    act(this.process);
    if (this.twin) act(this.twin.process);
  }
}

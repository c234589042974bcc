import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import type { Message, ProcessSample } from './messages.js';
import type { Stored } from './stored.js';

/** What one life of a replica may have left in the store. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

const PROGRAM = fileURLToPath(new URL('replica.js', import.meta.url));

/** One replica through all its lives; it alone writes the series of its name. */
export class Replica {
  /** What is stored of lives that have ended, by metric. */
  #before: Readonly<Stored> = {};
  #counting = 0;
  #flushed = 0;
  #child: ChildProcess;
  readonly samples: ProcessSample[] = [];
  /** What was found wrong at the end of lives. */
  readonly faults: string[] = [];

  constructor(
    readonly name: string,
    private readonly options: PrometheusPushgatewayModuleOptions,
    private readonly readStored: () => Promise<Stored>,
  ) {
    this.#child = this.#start();
  }

  /** Events counted in all its lives, as far as they are known to be stored or still can be. */
  get counted(): number {
    return Math.max(0, ...Object.values(this.#before)) + this.#counting;
  }

  /** Ends this life, cleanly or not, looks what it has left, and begins the next one unless it was the last. */
  async end(signal: 'SIGTERM' | 'SIGKILL', isLast = false): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    // What is said last may arrive after the exit is known.
    if (this.#child.connected) await once(this.#child, 'disconnect');
    const isClean = signal === 'SIGTERM';
    await this.#settle({ least: isClean ? this.#counting : this.#flushed, most: this.#counting });
    if (!isLast) this.#child = this.#start();
  }

  /** Kills the process, whatever becomes of its counts. */
  abandon(): void {
    this.#child.kill('SIGKILL');
  }

  async #settle({ least, most }: Bounds): Promise<void> {
    const stored = await this.readStored();
    for (const [metric, value] of Object.entries(stored)) {
      const left = value - (this.#before[metric] ?? 0);
      if (left >= least && left <= most) continue;
      this.faults.push(`${this.name}: ${metric} holds ${left} events of a life that left ${least} to ${most}`);
    }
    this.#before = stored;
    this.#counting = 0;
    this.#flushed = 0;
  }

  #start(): ChildProcess {
    const child = fork(PROGRAM, [this.name, JSON.stringify(this.options)], { execArgv: ['--expose-gc'] });
    child.on('message', (message: Message) => {
      if (message.kind === 'counting') this.#counting = message.events;
      else if (message.kind === 'flushed') this.#flushed = message.events;
      else this.samples.push(message.sample);
    });
    return child;
  }
}

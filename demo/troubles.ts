import type { RunningServer } from '../test/support/servers.js';

import { lastLines } from './last-lines.js';
import type { Program } from './program.js';

type WatchedServer = Pick<RunningServer, 'name' | 'exited' | 'output'>;

/** Notices when a server or the shop ends although nobody asked it to. */
export class Troubles {
  readonly #trouble: Promise<never>;
  readonly #noticed = new AbortController();

  constructor(servers: readonly WatchedServer[], shop: Program) {
    this.#trouble = Promise.race([...servers.map(endOfServer), endOfShop(shop)]);
    this.#trouble.catch(() => {
      this.#noticed.abort();
    });
  }

  /** Aborted with the first trouble. */
  get signal(): AbortSignal {
    return this.#noticed.signal;
  }

  /** Settles as the work does, or rejects with the trouble that came first. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#trouble]);
  }
}

async function endOfServer(server: WatchedServer): Promise<never> {
  const { code, signal } = await server.exited;
  throw new Error(`${server.name} has ended (${signal ?? `exit code ${code ?? ''}`})${lastLines(server.output())}`);
}

async function endOfShop(shop: Program): Promise<never> {
  const exit = await shop.exited;
  // It was asked to end: nothing to notice any more.
  if (shop.isEnding) return new Promise(() => undefined);
  throw new Error(`the shop has ended (${exit})${lastLines(shop.output)}`);
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HappeningsInterceptor } from './happenings.interceptor.js';
import type { FromDemo, FromShop, Staging, Wish } from './stage-messages.js';

/** Set by a parent process that speaks as {@link FromDemo} says. */
const STAGE = 'SHOP_STAGE';

/**
 * The demo, as the shop sees it: the parent process that has started the servers, and that can kill and freeze them. The two
 * speak through the channel between their processes, where nobody else can. Without a demo there is no staging.
 */
@Injectable()
export class Stage implements OnApplicationBootstrap {
  staging: Staging | undefined;
  readonly #waiting = new Map<number, (error: string | undefined) => void>();
  #lastId = 0;

  constructor(private readonly happenings: HappeningsInterceptor) {}

  onApplicationBootstrap(): void {
    if (process.env[STAGE] === undefined || process.send === undefined) return;
    process.on('message', (message: FromDemo) => {
      if ('staging' in message) this.staging = message.staging;
      else this.#waiting.get(message.id)?.(message.error);
    });
    // It must not keep a shop alive that has ended otherwise.
    process.channel?.unref();
    this.happenings.byVisitors.subscribe((happening) => {
      send({ happening });
    });
  }

  /** @throws Error that says why not. */
  async ask(wish: Wish): Promise<void> {
    const id = (this.#lastId += 1);
    const error = await new Promise<string | undefined>((resolve) => {
      this.#waiting.set(id, resolve);
      send({ id, wish });
    }).finally(() => this.#waiting.delete(id));
    if (error !== undefined) throw new Error(error);
  }
}

function send(message: FromShop): void {
  if (process.connected) process.send?.(message);
}

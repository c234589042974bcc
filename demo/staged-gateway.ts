import { type End, freePort, type RunningServer, startPushgateway } from '../test/support/servers.js';
import type { Act, StagedGateway } from '../sample-app/page/stage-messages.js';

/** A gateway at a fixed address, which can be killed, frozen, and come back: after a kill empty. */
export class Gateway {
  #state: StagedGateway['state'] = 'running';
  #changing: Promise<unknown> = Promise.resolve();
  /** Settles when it has ended although nobody has killed it here. */
  readonly exited: Promise<End>;
  #hasDied: (exit: End) => void = () => undefined;

  private constructor(
    readonly name: string,
    private server: RunningServer,
  ) {
    this.exited = new Promise((resolve) => {
      this.#hasDied = resolve;
    });
    this.#watch();
  }

  static async start(name: string): Promise<Gateway> {
    return new Gateway(name, await startPushgateway({ port: await freePort() }));
  }

  get address(): string {
    return this.server.address;
  }

  get url(): string {
    return this.server.url;
  }

  get state(): StagedGateway['state'] {
    return this.#state;
  }

  output(): string {
    return this.server.output();
  }

  /** One after the other; what is so already stays so. */
  act(act: Act): Promise<void> {
    const done = this.#changing.then(() => this.#act(act));
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async stop(): Promise<void> {
    await this.#changing;
    this.#state = 'killed';
    await this.server.stop();
  }

  async #act(act: Act): Promise<void> {
    if (act === 'revive') await this.#revive();
    else if (act === 'kill' && this.#state !== 'killed') {
      // As by a power cut.
      this.#state = 'killed';
      this.server.kill('SIGKILL');
      await this.server.stop();
    } else if (act === 'freeze' && this.#state === 'running') {
      this.server.kill('SIGSTOP');
      this.#state = 'frozen';
    }
  }

  async #revive(): Promise<void> {
    if (this.#state === 'frozen') this.server.kill('SIGCONT');
    else if (this.#state === 'killed') {
      this.server = await startPushgateway({ port: this.server.port });
      this.#watch();
    }
    this.#state = 'running';
  }

  #watch(): void {
    void this.server.exited.then((exit) => {
      if (this.#state !== 'killed') this.#hasDied(exit);
    });
  }
}

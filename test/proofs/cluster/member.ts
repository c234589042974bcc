import type { RunningServer } from '../../support/servers.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** One server of the cluster at a fixed address, which can die, return and freeze. */
export class Member {
  /** The network between it and those who push. Prometheus has another. */
  readonly network: TcpProxy;
  #server: RunningServer | undefined;
  #latest: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    readonly port: number,
    private readonly launch: () => Promise<RunningServer>,
  ) {
    this.network = new TcpProxy(port);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#server = await this.launch();
    await this.network.accept();
  }

  /** Dies as by `kill -9`: what it had in memory is gone. */
  async crash(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.exited;
    this.network.refuse();
    await this.#server?.stop();
  }

  freeze(): void {
    this.#server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#server?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.network.close();
    await this.#server?.stop();
  }

  /** Faults that overlap do not share a victim: the later one waits until the earlier one is mended. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#latest.then(act);
    this.#latest = turn.catch(() => undefined);
    return turn;
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { PrometheusPushgatewayModuleOptions, PushResult } from 'nestjs-prometheus-pushgateway';
import { endOf } from './end-of.js';
import { ROOT } from './run-node.js';

/** What a process of processes/gauge.ts is told. */
export type GaugeOrder = { readonly set: number } | 'push' | 'text' | 'close';

/** A process of the build (`npm run build`) with a value of its own in the gauge `open`. */
export class GaugeProcess {
  readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = endOf(child);
  }

  static async start(options: PrometheusPushgatewayModuleOptions, name: string): Promise<GaugeProcess> {
    const child = fork(`${ROOT}dist/test/support/processes/gauge.js`, [JSON.stringify(options), name], {
      cwd: ROOT,
      execArgv: [],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new GaugeProcess(child);
    await started.#answer();
    return started;
  }

  async set(value: number): Promise<void> {
    await this.#ask({ set: value });
  }

  async push(): Promise<PushResult> {
    return (await this.#ask('push')) as PushResult;
  }

  async text(): Promise<string> {
    return (await this.#ask('text')) as string;
  }

  async close(): Promise<void> {
    await this.#ask('close');
    await this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  #ask(order: GaugeOrder): Promise<unknown> {
    const answer = this.#answer();
    this.child.send(order);
    return answer;
  }

  async #answer(): Promise<unknown> {
    const dead = this.ended.then((end) => {
      throw new Error(`The process has ended: ${JSON.stringify(end)}`);
    });
    const [message] = (await Promise.race([once(this.child, 'message'), dead])) as [{ answer?: unknown }];
    return message.answer;
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

import type { End } from './end-of.js';

const KEPT_OUTPUT = 256 * 1024;
const TERM_DEADLINE_MS = 5_000;

const STOP_DEADLINE_MS = 2_000;

const running = new Set<ServerProcess>();
let exitHandlerSet = false;
let deathSignal: boolean | undefined;

/** One server process, its output and its folder. */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<End>;
  /** Set once the process has ended. */
  exit: End | undefined;
  private text = '';
  private stopping: Promise<void> | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    this.pid = child.pid ?? 0;
    this.exited = new Promise((resolve) => {
      // 'close' comes after the last output, 'exit' may come before it.
      child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text = (this.text + chunk).slice(-KEPT_OUTPUT);
      });
    }
  }

  static async start(binary: string, args: readonly string[], folder: string): Promise<ServerProcess> {
    const command = canDieWithParent() ? ['setpriv', '--pdeathsig', 'KILL', '--', binary, ...args] : [binary, ...args];
    const child = spawn(command[0] ?? binary, command.slice(1), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    const server = new ServerProcess(child, folder);
    keep(server);
    // A server someone forgot must not keep a finished test run waiting.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
    return server;
  }

  output(): string {
    return this.text;
  }

  /** The last lines of the output, indented, for an error message. */
  lastLines(count = 15): string {
    const lines = this.text.trimEnd().split('\n').slice(-count);
    return lines.map((line) => `  | ${line}`).join('\n');
  }

  kill(signal: NodeJS.Signals): void {
    // Whoever awaits `exited` after a kill needs an event loop that stays.
    this.child.ref();
    this.child.kill(signal);
    if (signal === 'SIGSTOP' && this.child.pid !== undefined) waitUntilStopped(this.child.pid);
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private async stopOnce(): Promise<void> {
    if (!this.exit) {
      this.kill('SIGTERM');
      // A frozen process acts on no other signal but SIGKILL.
      this.kill('SIGCONT');
      const deadline = setTimeout(() => {
        this.kill('SIGKILL');
      }, TERM_DEADLINE_MS);
      await this.exited;
      clearTimeout(deadline);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    running.delete(this);
  }

  /** For the moment in which nothing asynchronous happens any more. */
  killAtExit(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A process stops thread by thread, and on a busy machine those that still run answer meanwhile. Where that can be seen: on Linux. */
function waitUntilStopped(pid: number): void {
  const tasks = `/proc/${pid}/task`;
  const isStopped = (): boolean => {
    try {
      return readdirSync(tasks).every((task) => /\) [TtZX] /.test(readFileSync(`${tasks}/${task}/stat`, 'latin1')));
    } catch {
      // It has ended, a thread of it has, or nobody can tell.
      return true;
    }
  };
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + STOP_DEADLINE_MS; !isStopped() && Date.now() < end;) Atomics.wait(pause, 0, 0, 1);
}

function keep(server: ServerProcess): void {
  running.add(server);
  if (exitHandlerSet) return;
  exitHandlerSet = true;
  process.once('exit', () => {
    for (const remaining of running) remaining.killAtExit();
  });
}

/**
 * Whether the kernel can be told to kill a child when its parent dies (Linux, util-linux). The 'exit' handler above is
 * not enough: it does not run in a parent that is killed, and Jest gives its tests a copy of `process` that never emits.
 */
function canDieWithParent(): boolean {
  deathSignal ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0;
  return deathSignal;
}

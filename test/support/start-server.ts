import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort, isFree } from './free-port.js';
import type { RunningServer } from './running-server.js';
import { type FurtherServerName, type ServerName, requireServer } from './require-servers.js';
import { ServerProcess } from './server-process.js';

const READY_DEADLINE_MS = 20_000;
const PORT_ATTEMPTS = 5;
const ADDRESS_IN_USE = /address already in use|cannot bind socket/i;

/** What the arguments, configuration and readiness of a server may refer to. */
export interface Self {
  readonly port: number;
  /** '127.0.0.1:port' */
  readonly address: string;
  /** Own temporary folder, removed when the server stops. */
  readonly folder: string;
}

export interface ServerPlan {
  readonly name: string;
  readonly program: ServerName | FurtherServerName;
  /** A given port is used or refused, never replaced. */
  readonly port?: number | undefined;
  readonly scheme?: 'http' | 'https';
  args(self: Self): readonly string[] | Promise<readonly string[]>;
  /** Whether it answers. A throw means not yet. */
  isReady(self: Self): Promise<boolean>;
}

/** Starts a server and resolves once it answers; takes another port if the one it got is lost to somebody else. */
export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  const binary = requireServer(plan.program);
  if (plan.port !== undefined && !(await isFree(plan.port))) {
    throw new Error(`Cannot start ${plan.name}: somebody listens on 127.0.0.1:${plan.port}`);
  }
  for (let attempt = 1; ; attempt++) {
    const port = plan.port ?? (await freePort());
    const folder = await mkdtemp(join(tmpdir(), `test-${plan.name}-`));
    const self: Self = { port, address: `127.0.0.1:${port}`, folder };
    const server = await launch(plan, binary, self);
    const problem = await untilReady(plan, self, server);
    if (problem === undefined) return handle(plan, self, server);
    await server.stop();
    const lostPort = plan.port === undefined && ADDRESS_IN_USE.test(server.output());
    if (lostPort && attempt < PORT_ATTEMPTS) continue;
    throw new Error(`${plan.name} ${problem}. Its last output:\n${server.lastLines()}`);
  }
}

/** Writes a configuration file into the server's folder and gives its path. */
export async function writeConfig(self: Self, fileName: string, text: string): Promise<string> {
  const file = join(self.folder, fileName);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function launch(plan: ServerPlan, binary: string, self: Self): Promise<ServerProcess> {
  try {
    return await ServerProcess.start(binary, await plan.args(self), self.folder);
  } catch (error) {
    await rm(self.folder, { recursive: true, force: true });
    throw error;
  }
}

/** Resolves with nothing once it answers, or with what is wrong. */
async function untilReady(plan: ServerPlan, self: Self, server: ServerProcess): Promise<string | undefined> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (Date.now() < deadline) {
    const ready = await plan.isReady(self).catch(() => false);
    const exit = server.exit;
    if (exit) return `ended with ${exit.signal ?? `exit code ${exit.code}`} before it answered`;
    if (ready) return undefined;
    await sleep(20);
  }
  return `did not answer within ${READY_DEADLINE_MS} ms`;
}

function handle(plan: ServerPlan, { port, address }: Self, server: ServerProcess): RunningServer {
  return {
    name: plan.name,
    host: '127.0.0.1',
    port,
    address,
    url: `${plan.scheme ?? 'http'}://${address}`,
    pid: server.pid,
    exited: server.exited,
    output: () => server.output(),
    stop: () => server.stop(),
    kill: (signal) => {
      server.kill(signal);
    },
  };
}

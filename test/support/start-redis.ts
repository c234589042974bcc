import { tcpAnswer } from './probes.js';
import type { RunningServer } from './running-server.js';
import { startServer } from './start-server.js';

export interface RedisServerOptions {
  /** Further arguments, after ours: `['--appendonly', 'yes']` turns persistence on again. */
  args?: readonly string[];
  /** What clients must AUTH with. Default: none. */
  password?: string;
  /** Default: a free one. */
  port?: number;
  /** Where it keeps data, not removed on stop. Default: its own temporary folder, which is. */
  dir?: string;
}

/** Redis on loopback, without persistence. Resolves once it answers PING. */
export function startRedis({ args = [], password, port, dir }: RedisServerOptions = {}): Promise<RunningServer> {
  return startServer({
    name: 'redis',
    program: 'redis-server',
    port,
    args: (self) => [
      ...['--bind', '127.0.0.1', '--port', String(self.port), '--daemonize', 'no'],
      ...['--save', '', '--appendonly', 'no', '--dir', dir ?? self.folder],
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...args,
    ],
    // With a password it refuses the PING, which is an answer too; '-LOADING' is not yet one.
    isReady: async (self) => /^(\+PONG|-NOAUTH)/.test(await tcpAnswer(self.port, 'PING\r\n')),
  });
}

import { tcpAnswer } from './probes.js';
import type { RunningServer } from './running-server.js';
import { startServer, writeConfig } from './start-server.js';

/** The name under which a sentinel of ours watches its master. */
export const SENTINEL_MASTER = 'main';

/** One Redis Sentinel that watches a master by itself, and fails over after half a second of silence. */
export function startSentinel(master: { readonly host: string; readonly port: number }): Promise<RunningServer> {
  return startServer({
    name: 'sentinel',
    program: 'redis-server',
    args: async (self) => {
      // A sentinel rewrites its file.
      const file = await writeConfig(
        self,
        'sentinel.conf',
        [
          `port ${self.port}`,
          'bind 127.0.0.1',
          `dir ${self.folder}`,
          `sentinel monitor ${SENTINEL_MASTER} ${master.host} ${master.port} 1`,
          `sentinel down-after-milliseconds ${SENTINEL_MASTER} 500`,
          `sentinel failover-timeout ${SENTINEL_MASTER} 5000`,
          '',
        ].join('\n'),
      );
      return [file, '--sentinel'];
    },
    isReady: async (self) => (await tcpAnswer(self.port, 'PING\r\n')).startsWith('+PONG'),
  });
}

import { freePort } from './free-port.js';
import { tcpAnswer } from './probes.js';
import type { RunningServer } from './running-server.js';
import { startServer, writeConfig } from './start-server.js';

export interface HaproxyPorts {
  /** Bind the frontend here; this is the port of the {@link RunningServer}. */
  readonly port: number;
  /** '127.0.0.1:port' */
  readonly address: string;
  /** Another free port, for a second frontend or the statistics. */
  freePort(): Promise<number>;
}

export type HaproxyServerOptions = {
  /** Further arguments, after ours. */
  args?: readonly string[];
} & (
  | {
      /** Makes the content of haproxy.cfg; asked again if a port was lost to somebody else. */
      config: (ports: HaproxyPorts) => string | Promise<string>;
      /** Default: a free one. */
      port?: number;
    }
  | {
      /** Content of haproxy.cfg with a frontend bound to `port` on loopback. */
      config: string;
      port: number;
    }
);

/** HAProxy in one foreground process. Resolves once its frontend accepts connections. */
export function startHaproxy({ config, args = [], port }: HaproxyServerOptions): Promise<RunningServer> {
  return startServer({
    name: 'haproxy',
    program: 'haproxy',
    port,
    args: async (self) => {
      const text =
        typeof config === 'string' ? config : await config({ port: self.port, address: self.address, freePort });
      // -n: without a limit it sizes its tables by the number of files a process may open, in a container a billion.
      return ['-db', '-n', '2000', '-f', await writeConfig(self, 'haproxy.cfg', text), ...args];
    },
    isReady: async (self) => (await tcpAnswer(self.port)) === '',
  });
}

import { httpStatus } from './probes.js';
import type { RunningServer } from './running-server.js';
import { startServer, writeConfig } from './start-server.js';
import { readyPath, schemeOf } from './web-options.js';

export interface PushgatewayServerOptions {
  /** Further arguments, after ours: `['--persistence.file=/path']` turns persistence on again. */
  args?: readonly string[];
  /** Content of `--web.config.file` (basic authentication, TLS); relative paths in it start at the server's folder. */
  webConfig?: string;
  /** Default: a free one. */
  port?: number;
}

/** Pushgateway on loopback, without persistence. Resolves once it is ready. */
export function startPushgateway(options: PushgatewayServerOptions = {}): Promise<RunningServer> {
  const { args = [], webConfig, port } = options;
  return startServer({
    name: 'pushgateway',
    program: 'prometheus-pushgateway',
    port,
    scheme: schemeOf(webConfig),
    args: async (self) => [
      `--web.listen-address=${self.address}`,
      // Once only: a second --persistence.file is refused.
      ...(args.some((arg) => arg.startsWith('--persistence.file')) ? [] : ['--persistence.file=']),
      ...(webConfig === undefined ? [] : [`--web.config.file=${await writeConfig(self, 'web-config.yml', webConfig)}`]),
      ...args,
    ],
    // 401 asks for the password, 400 for TLS: it answers.
    isReady: async (self) => [200, 400, 401].includes(await httpStatus(self.address, readyPath(args))),
  });
}

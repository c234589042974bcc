import { join } from 'node:path';

import { httpStatus } from './probes.js';
import type { RunningServer } from './running-server.js';
import { startServer, writeConfig } from './start-server.js';
import { readyPath, schemeOf } from './web-options.js';

export interface PrometheusServerOptions {
  /** Content of prometheus.yml; a function is told the address it will listen on, to scrape itself. */
  config: string | ((self: { address: string }) => string);
  /** Further files beside prometheus.yml, which may name them by relative paths: text by name. */
  files?: Readonly<Record<string, string>>;
  /** Further arguments, after ours. */
  args?: readonly string[];
  /** Content of `--web.config.file` (basic authentication, TLS); relative paths in it start at the server's folder. */
  webConfig?: string;
  /** Default: a free one. */
  port?: number;
}

/** Prometheus on loopback with a storage of its own. Resolves once it is ready. */
export function startPrometheus(options: PrometheusServerOptions): Promise<RunningServer> {
  const { config, files = {}, args = [], webConfig, port } = options;
  return startServer({
    name: 'prometheus',
    program: 'prometheus',
    port,
    scheme: schemeOf(webConfig),
    args: async (self) => {
      const text = typeof config === 'string' ? config : config({ address: self.address });
      for (const [name, content] of Object.entries(files)) await writeConfig(self, name, content);
      return [
        `--web.listen-address=${self.address}`,
        `--config.file=${await writeConfig(self, 'prometheus.yml', text)}`,
        `--storage.tsdb.path=${join(self.folder, 'data')}`,
        ...(webConfig === undefined
          ? []
          : [`--web.config.file=${await writeConfig(self, 'web-config.yml', webConfig)}`]),
        ...args,
      ];
    },
    // 503 while it loads; 401 asks for the password, 400 for TLS.
    isReady: async (self) =>
      (webConfig === undefined ? [200] : [200, 400, 401]).includes(await httpStatus(self.address, readyPath(args))),
  });
}

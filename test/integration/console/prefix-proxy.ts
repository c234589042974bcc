import { type RunningServer, startHaproxy } from '../../support/servers.js';

/**
 * HAProxy before an application with a console at `/metrics-console`: `/ops/...` is the whole application, and `/console/` the
 * page alone, under another name.
 */
export function startPrefixProxy(application: string): Promise<RunningServer> {
  const { host } = new URL(application);
  return startHaproxy({
    config: ({ address }) => `
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend public
  bind ${address}
  http-request deny unless { path_beg /ops/ /console/ }
  http-request replace-path ^/ops/(.*) /\\1
  http-request replace-path ^/console/(.*) /metrics-console/\\1
  default_backend application
backend application
  server application ${host}
`,
  });
}

import { join } from 'node:path';
import { httpStatus, tcpAnswer } from '../support/probes.js';
import type { FurtherServerName } from '../support/require-servers.js';
import { freePort, type RunningServer } from '../support/servers.js';
import { type Self, startServer, writeConfig } from '../support/start-server.js';

const CERTIFICATES = join(__dirname, '../unit/http/certs');
const CERT = join(CERTIFICATES, 'cert.pem');
const KEY = join(CERTIFICATES, 'key.pem');

export type ProxyName = Extract<FurtherServerName, 'nginx' | 'caddy' | 'lighttpd'>;

/** Where a proxy passes requests for a gateway on, by what path, and whether it speaks TLS. */
export interface Proxied {
  readonly gateway: RunningServer;
  readonly path: string;
  /** What it puts in the place of the path (nginx only). Default: nothing. */
  readonly to?: string;
  readonly tls: boolean;
}

type Config = (self: Self, proxied: Proxied) => string;

/** As docs/several-gateways.md shows them. */
const CONFIGS: Readonly<Record<ProxyName, Config>> = {
  nginx: ({ address, folder }, { gateway, path, to = '', tls }) => `
daemon off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
    listen ${address}${tls ? ' ssl' : ''};
    ${tls ? `ssl_certificate ${CERT}; ssl_certificate_key ${KEY};` : ''}
    location ${path}/ {
      proxy_pass http://${gateway.address}${to}/;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      client_max_body_size 0;
    }
  }
}
`,
  caddy: ({ address }, { gateway, path, tls }) => `
{
  admin off
  auto_https off
}
${tls ? 'https' : 'http'}://${address} {
  ${tls ? `tls ${CERT} ${KEY}` : ''}
  handle_path ${path}/* {
    reverse_proxy ${gateway.address}
  }
}
`,
  lighttpd: ({ port, folder }, { gateway, path, tls }) => `
server.modules = ("mod_proxy"${tls ? ', "mod_openssl"' : ''})
server.document-root = "${folder}"
server.upload-dirs = ("${folder}")
server.bind = "127.0.0.1"
server.port = ${port}
${tls ? `ssl.engine = "enable"\nssl.pemfile = "${CERT}"\nssl.privkey = "${KEY}"` : ''}
$HTTP["url"] =~ "^${path}/" {
  proxy.server = ("" => (("host" => "${gateway.host}", "port" => ${gateway.port})))
  proxy.header = ("map-urlpath" => ("${path}/" => "/"))
}
`,
};

const ARGUMENTS: Readonly<Record<ProxyName, (file: string, self: Self) => readonly string[]>> = {
  nginx: (file, { folder }) => ['-e', 'stderr', '-p', folder, '-c', file],
  caddy: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  lighttpd: (file) => ['-D', '-f', file],
};

/** A reverse proxy before a gateway. Resolves once it accepts connections. */
export function startProxy(program: ProxyName, proxied: Proxied): Promise<RunningServer> {
  return startServer({
    name: program,
    program,
    scheme: proxied.tls ? 'https' : 'http',
    args: async (self) =>
      ARGUMENTS[program](await writeConfig(self, 'proxy.conf', CONFIGS[program](self, proxied)), self),
    isReady: async ({ port }) => (await tcpAnswer(port)) === '',
  });
}

/** twemproxy before one Redis. */
export function startTwemproxy(redis: RunningServer): Promise<RunningServer> {
  return startServer({
    name: 'twemproxy',
    program: 'nutcracker',
    args: async (self) => {
      const pool = [
        'listen: ' + self.address,
        'redis: true',
        'hash_tag: "{}"',
        'hash: fnv1a_64',
        'distribution: ketama',
      ];
      const config = `pool:\n  ${pool.join('\n  ')}\n  servers:\n    - ${redis.address}:1\n`;
      const stats = ['-a', '127.0.0.1', '-s', String(await freePort()), '-o', join(self.folder, 'log')];
      return ['-c', await writeConfig(self, 'nutcracker.yml', config), ...stats];
    },
    isReady: async ({ port }) => (await tcpAnswer(port)) === '',
  });
}

export function startVictoriaMetrics(): Promise<RunningServer> {
  return startServer({
    name: 'victoria-metrics',
    program: 'victoria-metrics',
    args: ({ address, folder }) => [`-httpListenAddr=${address}`, `-storageDataPath=${join(folder, 'data')}`],
    isReady: async ({ address }) => (await httpStatus(address, '/-/ready')) === 200,
  });
}

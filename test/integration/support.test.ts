import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { httpStatus, tcpAnswer } from '../support/probes.js';
import type { RunningServer } from '../support/running-server.js';
import { freePort, startHaproxy, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(60_000);

const PROMETHEUS_CONFIG = 'global: { scrape_interval: 1s }\n';
const haproxyConfig = ({ address }: { address: string }): string => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend test
  bind ${address}
  http-request return status 200
`;

const servers = [
  { name: 'redis', start: (port?: number) => startRedis({ ...(port && { port }) }) },
  { name: 'pushgateway', start: (port?: number) => startPushgateway({ ...(port && { port }) }) },
  {
    name: 'prometheus',
    start: (port?: number) => startPrometheus({ config: PROMETHEUS_CONFIG, ...(port && { port }) }),
  },
  { name: 'haproxy', start: (port?: number) => startHaproxy({ config: haproxyConfig, ...(port && { port }) }) },
];

const started: RunningServer[] = [];
const keep = async (starting: Promise<RunningServer>): Promise<RunningServer> => {
  const server = await starting;
  started.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);
const folderOf = (server: RunningServer): string => readlinkSync(`/proc/${server.pid}/cwd`);

describe.each(servers)('$name', ({ name, start }) => {
  test('starts, is stopped, leaves neither process nor folder', async () => {
    const server = await keep(start());
    const address = `127.0.0.1:${server.port}`;
    expect(server).toMatchObject({ name, host: '127.0.0.1', address, url: `http://${address}` });
    await expect(tcpAnswer(server.port)).resolves.toBe('');
    const folder = folderOf(server);
    expect(folder).toContain(`test-${name}-`);
    expect(isAlive(server.pid)).toBe(true);

    await server.stop();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
    await expect(tcpAnswer(server.port)).rejects.toThrow('ECONNREFUSED');
  });

  test('is stopped while frozen', async () => {
    const server = await keep(start());
    server.kill('SIGSTOP');
    const state = (): string => readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(' ')[2] ?? '';
    await waitFor(() => state() === 'T', { message: `${name} to freeze` });
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    // It was thawed and ended by itself.
    expect((await server.exited).signal).not.toBe('SIGKILL');
  });

  test('tells of its crash and starts again on its port', async () => {
    const first = await keep(start());
    first.kill('SIGKILL');
    await expect(first.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    const second = await keep(start(first.port));
    expect(second.address).toBe(first.address);
    expect(second.pid).not.toBe(first.pid);
  });

  test('refuses a port somebody listens on', async () => {
    const first = await keep(start());
    await expect(start(first.port)).rejects.toThrow(
      `Cannot start ${name}: somebody listens on 127.0.0.1:${first.port}`,
    );
  });
});

test('Redis answers PING, with a password only those who give it', async () => {
  const open = await keep(startRedis());
  await expect(tcpAnswer(open.port, 'PING\r\n')).resolves.toBe('+PONG\r\n');
  const closed = await keep(startRedis({ password: 'sesame' }));
  await expect(tcpAnswer(closed.port, 'PING\r\n')).resolves.toMatch(/^-NOAUTH/);
  await expect(tcpAnswer(closed.port, 'AUTH sesame\r\n')).resolves.toBe('+OK\r\n');
});

test('Redis writes nothing unless asked to, and then into the folder it was given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'test-kept-'));
  const first = await keep(startRedis({ dir: folder }));
  await tcpAnswer(first.port, 'SET key value\r\n');
  await first.stop();
  await expect(readdir(folder)).resolves.toEqual([]);

  const second = await keep(startRedis({ dir: folder, args: ['--appendonly', 'yes', '--appendfsync', 'always'] }));
  await tcpAnswer(second.port, 'SET key value\r\n');
  await second.stop();
  const third = await keep(startRedis({ dir: folder, args: ['--appendonly', 'yes'] }));
  await expect(tcpAnswer(third.port, 'GET key\r\n')).resolves.toBe('$5\r\nvalue\r\n');
  await third.stop();
  await rm(folder, { recursive: true });
});

test('a Pushgateway starts with a password and below a path', async () => {
  // The password 'test', from Prometheus' documentation of its web configuration.
  const webConfig = 'basic_auth_users:\n  user: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay\n';
  const guarded = await keep(startPushgateway({ webConfig }));
  await expect(httpStatus(guarded.address, '/metrics')).resolves.toBe(401);
  const below = await keep(startPushgateway({ args: ['--web.route-prefix=/below/'] }));
  await expect(httpStatus(below.address, '/below/metrics')).resolves.toBe(200);
});

test('a Prometheus is told its address, to scrape itself', async () => {
  let told = '';
  const config = ({ address }: { address: string }): string => {
    told = address;
    return `scrape_configs: [{ job_name: self, static_configs: [{ targets: ['${address}'] }] }]\n`;
  };
  const server = await keep(startPrometheus({ config }));
  expect(told).toBe(server.address);
  await expect(httpStatus(server.address, '/api/v1/targets')).resolves.toBe(200);
});

test('an HAProxy has further free ports', async () => {
  let statistics = 0;
  const config = async (ports: { address: string; freePort(): Promise<number> }): Promise<string> => {
    statistics = await ports.freePort();
    return `${haproxyConfig(ports)}frontend statistics\n  bind 127.0.0.1:${statistics}\n  stats enable\n  stats uri /\n`;
  };
  const server = await keep(startHaproxy({ config }));
  await expect(httpStatus(server.address, '/')).resolves.toBe(200);
  await expect(httpStatus(`127.0.0.1:${statistics}`, '/')).resolves.toBe(200);
});

test('a server that refuses its configuration fails with what it said and leaves nothing', async () => {
  const error = await startPrometheus({ config: 'nonsense: true\n' }).then(
    () => new Error('It started'),
    (reason: unknown) => reason as Error,
  );
  expect(error.message).toMatch(
    /^prometheus ended with exit code \d+ before it answered\. Its last output:\n[^]*field nonsense not found/,
  );
  const folder = /--config\.file=(.*)\/prometheus\.yml/.exec(error.message)?.[1] ?? '';
  expect(folder).toContain('test-prometheus-');
  expect(existsSync(folder)).toBe(false);
});

test('a server whose port was lost between the look and the start takes another', async () => {
  const lost = await freePort();
  const thief = createServer().listen(lost, '127.0.0.1');
  const ports: number[] = [];
  // The first configuration binds the stolen port, as if the thief had come after we looked.
  const config = ({ port, address }: { port: number; address: string }): string => {
    ports.push(port);
    return haproxyConfig({ address: ports.length === 1 ? `127.0.0.1:${lost}` : address });
  };
  const server = await keep(startHaproxy({ config }));
  expect(ports).toHaveLength(2);
  expect(server.port).toBe(ports[1]);
  await once(thief.close(), 'close');
});

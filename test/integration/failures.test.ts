import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisConnectionHolder } from '../../lib/store/redis/connection/redis-connection.js';
import { freePort, type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

/** The password `s3cret` as `--web.config.file` wants it. */
const WEB_CONFIG = 'basic_auth_users:\n  pusher: $2y$10$sJufWa/rrUrl64MB.Y2O6eexfbnv8A7kE6iM4913ZLKgV4PVhPiUq\n';

let stack: Stack;
const apps: App[] = [];

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function app(options: Parameters<typeof startApp>[0]): Promise<App> {
  const started = await startApp(options);
  apps.push(started);
  return started;
}

const counterOf = ({ metrics }: App) => metrics.counter({ name: 'orders_total', help: 'Orders' });

describe('Redis', () => {
  it('may be away at the start: the application starts, counts, says so once, and recovers', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const logged = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const port = await freePort();
    const base = optionsFor(stack);
    const one = await app({ ...base, pushgateway: { ...base.pushgateway, redis: `127.0.0.1:${port}` } });
    const orders = counterOf(one);
    orders.inc(5);
    const unreachable = `Redis redis://127.0.0.1:${port} unreachable: connect ECONNREFUSED 127.0.0.1:${port}`;
    await expect(one.metrics.flush()).rejects.toThrow(unreachable);
    expect(await one.metrics.push()).toMatchObject({ outcome: 'failed', reason: unreachable, series: 0 });
    expect(warned.mock.calls.map(([text]: unknown[]) => text)).toEqual([
      `${unreachable}. Counting goes on in memory, and is stored when it answers`,
    ]);
    orders.inc(2);

    const redis = await startRedis({ port });
    try {
      const ofStore = (): unknown[] =>
        logged.mock.calls.map(([text]: unknown[]) => text).filter((text) => String(text).startsWith('Store'));
      await waitFor(() => ofStore().length > 0, { message: 'the word that Redis answers again' });
      expect(ofStore()).toEqual([
        `Store redis://127.0.0.1:${port} answers again; what was counted meanwhile is being stored`,
      ]);
      await one.metrics.flush();
      expect((await orders.get()).values).toEqual([{ metricName: 'orders_total', labels: {}, value: 7 }]);
      expect((await one.metrics.push()).outcome).toBe('pushed');
      expect(warned).toHaveBeenCalledTimes(1);
    } finally {
      await one.close();
      await redis.stop();
    }
  });

  it('may cut the connection again and again: every increment arrives, none twice', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const base = optionsFor(stack);
    const one = await app({ ...base, pushgateway: { ...base.pushgateway, flushIntervalMs: 1 } });
    const orders = one.metrics.counter({ name: 'cut_total', help: 'Orders', labelNames: ['at'] });
    const knife = new Redis({ port: stack.redis.port });
    const isConnected = async (): Promise<boolean> =>
      /name=nestjs-prometheus-pushgateway .* cmd=evalsha/.test(String(await knife.client('LIST')));
    let cuts = 0;
    let made = 0;
    try {
      while (cuts < 25) {
        for (let at = 0; at < 2_000; at += 1) orders.inc({ at });
        made += 2_000;
        await waitFor(isConnected, { intervalMs: 1, message: 'a batch after the reconnection' });
        // A batch is under way now, of which Redis has or has not run the script.
        const killed = await knife.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        if (Number(killed) > 0) cuts += 1;
      }
      await waitFor(
        () =>
          one.metrics.flush().then(
            () => true,
            () => false,
          ),
        { message: 'Redis to take everything' },
      );
      const { values } = await orders.get();
      expect(values).toHaveLength(2_000);
      expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(made);
    } finally {
      knife.disconnect();
    }
  });

  it('may be emptied: definitions are sent again, and counting begins again', async () => {
    const redis = await startRedis();
    const other = new Redis({ port: redis.port });
    try {
      const base = optionsFor(stack);
      const one = await app({ ...base, pushgateway: { ...base.pushgateway, redis: redis.address } });
      const orders = counterOf(one);
      orders.inc(5);
      await one.metrics.flush();
      await other.flushdb();
      orders.inc(2);
      await one.metrics.flush();
      expect(await one.metrics.text()).toBe(
        '# HELP orders_total Orders\n# TYPE orders_total counter\norders_total 2\n',
      );
    } finally {
      other.disconnect();
      await redis.stop();
    }
  });

  it.each([
    [
      'none',
      (redis: RunningServer) => redis.address,
      'wants a password, and none was given: set it in pushgateway.redis',
    ],
    [
      'a wrong one',
      (redis: RunningServer) => `redis://:wr0ng@${redis.address}`,
      'refused the credentials \\(WRONGPASS .*\\): check pushgateway.redis',
    ],
  ])('with a password, given %s, is an error that says so and shows no password', async (_, url, reason) => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const redis = await startRedis({ password: 's3cret' });
    try {
      const base = optionsFor(stack);
      const one = await app({ ...base, pushgateway: { ...base.pushgateway, redis: url(redis) } });
      counterOf(one).inc();
      const error: unknown = await one.metrics.flush().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
      expect((error as Error).message).toMatch(new RegExp(`^Redis redis://${redis.address} ${reason}$`));
      expect(inspect(error, { depth: 9 })).not.toMatch(/wr0ng|s3cret/);
    } finally {
      await redis.stop();
    }
  });

  it('takes a password, a database and a client of the user, which stays open', async () => {
    const redis = await startRedis({ password: 's3cret' });
    const client = new Redis({ port: redis.port, password: 's3cret', db: 3 });
    try {
      const base = optionsFor(stack);
      const byUrl = await app({
        ...base,
        pushgateway: { ...base.pushgateway, redis: `redis://:s3cret@${redis.address}/3` },
      });
      counterOf(byUrl).inc(2);
      await byUrl.metrics.flush();
      const byClient = await startApp({ ...base, pushgateway: { ...base.pushgateway, redis: client } });
      counterOf(byClient).inc(3);
      await byClient.metrics.flush();
      const byOptions = await app({
        ...base,
        pushgateway: { ...base.pushgateway, redis: { port: redis.port, password: 's3cret', db: 3 } },
      });
      expect((await counterOf(byOptions).get()).values).toEqual([{ metricName: 'orders_total', labels: {}, value: 5 }]);
      await byClient.close();
      expect(await client.ping()).toBe('PONG');
      expect((await client.keys('*')).every((key) => key.startsWith('prometheus_pushgateway:{'))).toBe(true);
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });
});

describe('Redis over TLS', () => {
  const certificate = join(__dirname, '../unit/http/certs/cert.pem');
  let redis: RunningServer;
  let tlsPort: number;

  beforeAll(async () => {
    tlsPort = await freePort();
    const key = join(__dirname, '../unit/http/certs/key.pem');
    redis = await startRedis({
      args: [
        '--tls-port',
        String(tlsPort),
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-auth-clients',
        'no',
      ],
    });
  });
  afterAll(() => redis.stop());

  it('takes a certificate authority of its own', async () => {
    const base = optionsFor(stack);
    const tls = { ca: readFileSync(certificate) };
    const one = await app({
      ...base,
      pushgateway: { ...base.pushgateway, redis: { port: tlsPort, host: '127.0.0.1', tls } },
    });
    counterOf(one).inc(5);
    await one.metrics.flush();
    expect(await one.metrics.text()).toContain('orders_total 5\n');
  });

  it('does not trust a server that nobody vouches for', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const base = optionsFor(stack);
    const one = await app({ ...base, pushgateway: { ...base.pushgateway, redis: `rediss://127.0.0.1:${tlsPort}` } });
    counterOf(one).inc(5);
    await expect(one.metrics.flush()).rejects.toThrow(
      new RegExp(`^Redis rediss://127.0.0.1:${tlsPort} unreachable: .*self[- ]signed certificate`),
    );
  });

  // Jest lets a test fail in which anything is thrown that nobody catches.
  it('may be left in the middle of a handshake', async () => {
    for (let ms = 0; ms < 60; ms += 1) {
      const connection = new RedisConnectionHolder({ port: tlsPort, host: '127.0.0.1', tls: {} });
      const command = connection.run((client) => client.ping()).catch((error: unknown) => error);
      await wait(ms / 4);
      await connection.close();
      expect(await command).toBeInstanceOf(Error);
    }
  });
});

describe('the gateway', () => {
  it('tells why it refuses a push, and keeps what it had', async () => {
    const one = await app(optionsFor(stack));
    await fetch(`${stack.gateway.url}/metrics/job/someone_else`, {
      method: 'PUT',
      body: '# TYPE busy gauge\nbusy 1\n',
    });
    one.metrics.counter({ name: 'busy', help: 'Busy' }).inc();
    const result = await one.metrics.push();
    expect(result).toMatchObject({ outcome: 'failed', gateway: stack.gateway.url });
    expect(result.error).toMatchObject({ code: 'ERR_GATEWAY_RESPONSE', status: 400 });
    expect(result.reason).toMatch(
      /refused the push of job "job-[-0-9a-f]+" \(400\): .*"busy".* is not a (GAUGE|COUNTER)$/,
    );
  });

  it('behind basic auth takes the right password, and refuses another without showing it', async () => {
    const gateway = await startPushgateway({ webConfig: WEB_CONFIG });
    try {
      const base = optionsFor(stack);
      const at = (password: string) => ({
        ...base,
        pushgateway: { ...base.pushgateway, host: gateway.address, username: 'pusher', password },
      });
      const right = await app(at('s3cret'));
      counterOf(right).inc();
      expect((await right.metrics.push()).outcome).toBe('pushed');
      const wrong = await app(at('wr0ng'));
      const result = await wrong.metrics.push();
      expect(result).toMatchObject({ outcome: 'failed' });
      expect(result.error).toMatchObject({ status: 401 });
      expect(result.reason).toMatch(/\(401\).*username/);
      expect(inspect(result, { depth: 9 })).not.toContain('wr0ng');
      expect(inspect(wrong.context.get(wrong.metrics.constructor as never), { depth: 9 })).not.toContain('wr0ng');
    } finally {
      await gateway.stop();
    }
  });

  it('may be away: the push says so, and the next one brings everything', async () => {
    const port = await freePort();
    const base = optionsFor(stack);
    const one = await app({ ...base, pushgateway: { ...base.pushgateway, host: `127.0.0.1:${port}` } });
    counterOf(one).inc(4);
    const reason = `Pushgateway http://127.0.0.1:${port} unreachable: connect ECONNREFUSED 127.0.0.1:${port}`;
    expect(await one.metrics.push()).toMatchObject({ outcome: 'failed', reason });
    const gateway = await startPushgateway({ port });
    try {
      expect(await one.metrics.push()).toMatchObject({ outcome: 'pushed', series: 1 });
    } finally {
      await gateway.stop();
    }
  });
});

describe('Prometheus', () => {
  it('may be down: a query says so, and counting and pushing go on', async () => {
    const port = await freePort();
    const base = optionsFor(stack);
    const one = await app({ ...base, prometheus: { ...base.prometheus, host: `127.0.0.1:${port}` } });
    counterOf(one).inc();
    await expect(one.prometheus.query('up')).rejects.toThrow(
      `Prometheus http://127.0.0.1:${port} unreachable: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect((await one.metrics.push()).outcome).toBe('pushed');
  });

  it('tells what is wrong with a query in its own words', async () => {
    const one = await app(optionsFor(stack));
    await expect(one.prometheus.query('sum(')).rejects.toMatchObject({
      code: 'ERR_PROMETHEUS_RESPONSE',
      errorType: 'bad_data',
      message: expect.stringContaining('parse error') as string,
    });
  });
});

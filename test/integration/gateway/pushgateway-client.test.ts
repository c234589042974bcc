import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { type RunningServer, startPushgateway } from '../../support/servers.js';
import { failureOf, groupsOf, samplesOf, settled } from './support.js';

jest.setTimeout(60_000);

const KEY = { job: 'shop', instance: 'localhost' };
const orders = (value: number): string => `# TYPE orders_total counter\norders_total ${value}\n`;

describe.each([true, false])('a real Pushgateway (gzip: %s)', (gzip) => {
  let server: RunningServer;
  let client: PushgatewayClient;
  beforeAll(async () => {
    server = await startPushgateway();
    client = new PushgatewayClient({ host: server.address, gzip, timeoutMs: 5_000 });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    for (const key of await groupsOf(server)) await client.delete(key as { job: string });
    await settled(server, 0);
  });

  it('replaces the group with a push', async () => {
    await client.push(KEY, `${orders(1)}# TYPE other gauge\nother 1\n`);
    await client.push(KEY, orders(2));
    await expect(samplesOf(server, 'orders_total')).resolves.toEqual([
      'orders_total{instance="localhost",job="shop"} 2',
    ]);
    await expect(samplesOf(server, 'other')).resolves.toEqual([]);
  });

  it('keeps other families with a push that adds', async () => {
    await client.push(KEY, '# TYPE other gauge\nother 1\n');
    await client.pushAdd(KEY, orders(2));
    await expect(samplesOf(server, 'orders_total')).resolves.toHaveLength(1);
    await expect(samplesOf(server, 'other')).resolves.toHaveLength(1);
  });

  it('empties the group with a push without samples', async () => {
    await client.push(KEY, orders(1));
    await client.push(KEY, '');
    await expect(samplesOf(server, 'orders_total')).resolves.toEqual([]);
  });

  it('removes exactly one group, and does not mind if there is none', async () => {
    await client.push(KEY, orders(1));
    await client.push({ job: 'shop' }, orders(1));
    await client.delete({ job: 'shop' });
    await client.delete({ job: 'shop' });
    await settled(server, 1);
    expect(await groupsOf(server)).toEqual([{ job: 'shop', instance: 'localhost' }]);
  });

  it('takes a body of many megabytes', async () => {
    await client.push(KEY, async function* () {
      yield '# TYPE many_total counter\n';
      for (let chunk = 0; chunk < 50; chunk++) {
        yield Array.from(
          { length: 1_000 },
          (_, at) => `many_total{n="${chunk}-${at}",pad="${'x'.repeat(50)}"} 1\n`,
        ).join('');
      }
    });
    await expect(samplesOf(server, 'many_total')).resolves.toHaveLength(50_000);
  });

  it('gives its reason for a refusal, and the group stays as it was', async () => {
    await client.push({ job: 'other' }, '# TYPE clash gauge\nclash 1\n');
    await client.push(KEY, orders(1));
    const error = await failureOf(client.push(KEY, '# TYPE clash counter\nclash 1\n'));
    expect(error).toMatchObject({
      name: 'GatewayResponseError',
      status: 400,
      reason: expect.stringContaining('pushed metrics are invalid or inconsistent') as string,
      message: expect.stringMatching(
        `^Pushgateway ${server.url} refused the push of job "shop" \\(400\\): .*clash`,
      ) as string,
    });
    await expect(samplesOf(server, 'orders_total')).resolves.toHaveLength(1);
  });

  it.each([0, 20_000])('keeps the group when a text fails midway, after %d series', async (series) => {
    await client.push(KEY, orders(1));
    const original = new Error('the store went away');
    const pushing = client.push(KEY, async function* () {
      yield orders(2);
      // Incompressible enough to be on its way when the failure comes.
      for (let at = 0; at < series; at++) yield `many_total{n="${Math.random()}"} 1\n`;
      throw original;
    });
    expect(await failureOf(pushing)).toBe(original);
    // Answered after the broken push, as it is on a later connection of the same gateway.
    await client.push({ job: 'witness' }, orders(1));
    await expect(samplesOf(server, 'orders_total')).resolves.toContain(
      'orders_total{instance="localhost",job="shop"} 1',
    );
    await expect(samplesOf(server, 'many_total')).resolves.toEqual([]);
  });

  it('tells its status', async () => {
    const status = await client.status();
    expect(status).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      ready: true,
      flags: { 'persistence.file': '', 'web.listen-address': expect.stringContaining(server.address) as string },
    });
    expect(Date.now() - status.startTime.getTime()).toBeLessThan(120_000);
  });
});

const VALUES = [
  'plain',
  'two words',
  ' ',
  'a+b',
  'a/b',
  '/',
  '//',
  '',
  '.',
  '..',
  '...',
  '../..',
  '100%',
  '%2F',
  'a?b#c&d=e',
  "a;b,c:d@e!$'()*~",
  '"quoted" \\ back',
  'line\nbreak\ttab\r',
  'größe',
  '日本語',
  '😀',
  'job@base64',
  '=',
  'x'.repeat(1_000),
];

describe('a grouping key', () => {
  let server: RunningServer;
  let client: PushgatewayClient;
  beforeAll(async () => {
    server = await startPushgateway();
    client = new PushgatewayClient({ host: server.address, timeoutMs: 5_000 });
  });
  afterAll(() => server.stop());

  it.each(VALUES)('with the value %j arrives as it is and can be deleted', async (value) => {
    const key = { job: value || 'shop', instance: value, zone: value };
    await client.push(key, orders(1));
    // A gateway takes an empty label for none, but keeps it in the key.
    await expect(groupsOf(server)).resolves.toEqual([key]);
    await client.delete(key);
    await settled(server, 0);
    expect(await groupsOf(server)).toEqual([]);
  });
});

describe('an odd gateway', () => {
  const started: RunningServer[] = [];
  afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));
  const start = async (...args: string[]): Promise<RunningServer> => {
    const server = await startPushgateway({ args });
    started.push(server);
    return server;
  };

  it('which does not check consistency answers 202', async () => {
    const server = await start('--push.disable-consistency-check');
    const client = new PushgatewayClient({ host: server.address });
    await client.push(KEY, orders(1));
    await client.pushAdd(KEY, orders(2));
    await expect(samplesOf(server, 'orders_total')).resolves.toHaveLength(1);
  });

  it('below a path is reached by a base path, and says so when it is missing', async () => {
    const server = await start('--web.route-prefix=/base');
    const client = new PushgatewayClient({ host: `${server.address}/base/` });
    await client.push(KEY, orders(1));
    await expect(client.status()).resolves.toMatchObject({ ready: true });
    await expect(groupsOf({ url: `${server.url}/base` })).resolves.toHaveLength(1);
    const lost = new PushgatewayClient({ host: server.address });
    await expect(lost.push(KEY, orders(1))).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('--web.route-prefix') as string,
    });
  });
});

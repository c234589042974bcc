import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { type NodeRun, runNode, type RunningNode } from '../support/run-node.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

/** As `nest start` runs it: the build, in a process of its own. */
const MAIN = 'sample-app/main.js';

const running: RunningNode[] = [];

afterEach(async () => {
  for (const app of running) app.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ done }) => done));
});

async function serve(environment: Record<string, string>): Promise<{ app: RunningNode; url: string }> {
  const app = runNode(MAIN, [], { HOST: '127.0.0.1', PORT: '0', NO_COLOR: '1', ...environment });
  running.push(app);
  const url = await waitFor(() => /Listening on (\S+)/.exec(app.stdout())?.[1], { message: 'the shop to listen' });
  return { app, url };
}

function command(args: string[], environment: Record<string, string>): Promise<NodeRun> {
  const app = runNode(MAIN, args, { NO_COLOR: '1', ...environment });
  running.push(app);
  return app.done;
}

async function post(url: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, answer: await response.json() };
}

describe('the sample application, through real servers', () => {
  let stack: Stack;
  let environment: Record<string, string>;

  beforeAll(async () => {
    stack = await startStack();
    environment = {
      PROMETHEUS_HOST: stack.prometheus.address,
      PROMETHEUS_INSTANCE: 'sample',
      PUSHGATEWAY_HOST: stack.gateway.address,
      PUSHGATEWAY_REDIS: stack.redis.address,
      PUSHGATEWAY_AUTO_PUSH: 'off',
    };
  }, 60_000);
  afterAll(() => stack.stop());

  it('counts; after SIGTERM the push command brings all to Prometheus, each under its job', async () => {
    const { app, url } = await serve(environment);
    const book = await post(`${url}/orders`, { type: 'book', items: 3 });
    expect(book).toEqual({
      status: 201,
      answer: { id: 1, type: 'book', country: 'de', items: 3, isPaid: false, isRefunded: false },
    });
    await post(`${url}/orders`, { type: 'book', items: 4 });
    await post(`${url}/orders`, { type: 'game' });
    expect((await post(`${url}/orders/1/payment`, { method: 'card' })).status).toBe(201);
    expect((await post(`${url}/orders/1/payment`, { method: 'card' })).status).toBe(409);
    expect((await post(`${url}/orders`, { type: 'bok' })).status).toBe(400);
    expect((await post(`${url}/queue/next`)).answer).toEqual({ orderId: 1 });
    expect(await (await fetch(`${url}/queue`)).json()).toEqual({ depth: 2 });
    expect((await post(`${url}/reports`)).answer).toEqual({ report: '2 orders wait to be packed' });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    // Measured by an interval of the application's own, and seen by another process.
    await waitFor(async () => (await command(['push', '--dry-run'], environment)).stdout.includes('\nqueue_depth 2\n'));
    app.kill('SIGTERM');
    await app.done;

    // Twice: the command's own queue, which is empty, must not be taken for the shop's.
    for (const round of [1, 2]) {
      const { code, stdout, stderr } = await command(['push'], environment);
      expect({ round, code, stderr }).toEqual({ round, code: 0, stderr: '' });
      expect(stdout).toMatch(/^shop: pushed \d+ series /m);
      expect(stdout).toMatch(/^payments: pushed \d series /m);
    }

    const prometheus = new PrometheusClient({ host: stack.prometheus.address });
    const read = async (): Promise<Record<string, number>> => {
      const samples = await prometheus.query(
        '{instance="sample",__name__=~"orders_total|payments_total|basket_items_(sum|count)|queue_depth|orders_unpaid|http_.*_count|order_placing_seconds_count|batch_job_runs_total"}',
      );
      return Object.fromEntries(
        samples.map(({ metric, value }) => {
          const http = ['http_request_method', 'http_route', 'http_response_status_code'];
          const keys = ['job', '__name__', 'type', 'method', ...http, 'batch_job', 'outcome'];
          return [keys.flatMap((key) => metric[key] ?? []).join(' '), value];
        }),
      );
    };
    await waitFor(async () => (await read())['payments payments_total card'] === 1, {
      message: 'the payment to arrive',
    });
    expect(await read()).toEqual({
      'shop orders_total book': 2,
      'shop orders_total game': 1,
      'shop basket_items_sum': 8,
      'shop basket_items_count': 3,
      'shop queue_depth': 2,
      'shop http_server_request_duration_seconds_count POST /orders 201': 3,
      'shop http_server_request_duration_seconds_count POST /orders 400': 1,
      'shop http_server_request_duration_seconds_count POST /orders/:id/payment 201': 1,
      'shop http_server_request_duration_seconds_count POST /orders/:id/payment 409': 1,
      'shop http_server_request_duration_seconds_count POST /queue/next 200': 1,
      'shop http_server_request_duration_seconds_count GET /queue 200': 1,
      'shop http_server_request_duration_seconds_count POST /reports 201': 1,
      'shop order_placing_seconds_count place success': 3,
      'shop batch_job_runs_total daily-report success': 1,
      'shop batch_job_runs_total daily-report error': 0,
      'payments payments_total card': 1,
      // No `orders_unpaid`: the command does not collect what each process of the shop would say.
    });
  });
});

describe('the sample application, alone', () => {
  /** Nothing else is set: its own jobs, its own defaults. */
  const alone = { PUSHGATEWAY_REDIS: 'memory', PUSHGATEWAY_AUTO_PUSH: 'off' };

  it('starts without PROMETHEUS_JOBS', async () => {
    const { url, app } = await serve(alone);
    expect((await post(`${url}/orders`, { type: 'music' })).status).toBe(201);
    expect(app.stdout()).toContain('Nest application successfully started');
    const dryRun = await command(['push', '--dry-run'], alone);
    expect(dryRun.stdout).toMatch(/# job shop, .*# job payments, /s);
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await command([], { ...alone, HOST: '127.0.0.1', PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken`);
  });

  it('ends with what is wrong in the environment', async () => {
    const { code, stderr } = await command([], { ...alone, PUSHGATEWAY_HOTS: 'gateway:9091' });
    expect(code).toBe(1);
    expect(stderr).toContain('PUSHGATEWAY_HOTS: unknown variable; did you mean PUSHGATEWAY_HOST?');
  });
});

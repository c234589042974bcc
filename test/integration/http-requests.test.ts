import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { type RunningNode, runNode } from '../support/run-node.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

const NAME = 'http_server_request_duration_seconds';

let stack: Stack;
const running: RunningNode[] = [];
let reader: App | undefined;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterEach(async () => {
  for (const each of running) each.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ done }) => done));
  await reader?.close();
});
afterAll(() => stack.stop());

/** Sends so many requests, a few at a time, and counts the answers by route and status. */
async function load(url: string, requests: number, answers: Record<string, number>): Promise<void> {
  const routes = { '/orders/:id': '/orders/7', '/orders/:id/fails': '/orders/7/fails', '': '/nowhere' };
  const kinds = Object.entries(routes);
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < requests) {
      const [route, path] = kinds[sent % kinds.length] as [string, string];
      sent += 1;
      const response = await fetch(url + path);
      await response.arrayBuffer();
      const kind = `${route} ${response.status}`;
      answers[kind] = (answers[kind] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
}

/** Counts in the text that a push would bring, by route and status. */
async function counted(metrics: MetricsService): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith(`${NAME}_count{`));
  return Object.fromEntries(
    lines.map((line) => {
      const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
      const kind = `${label('http_route')} ${label('http_response_status_code')}`;
      return [kind, Number(line.split(' ').at(-1))];
    }),
  );
}

describe.each(['express', 'fastify'])('requests of two replicas with %s', (platform) => {
  it('add up in Prometheus to what the clients had answered, though one is killed', async () => {
    const options = { ...optionsFor(stack), instrument: { http: true } };
    const replica = async (): Promise<{ process: RunningNode; url: string }> => {
      const process = runNode('test/support/processes/web.js', [JSON.stringify(options), platform]);
      running.push(process);
      const url = await waitFor(() => /^http\S+/.exec(process.stdout())?.[0], {
        message: 'the replica to listen',
        timeoutMs: 60_000,
      });
      return { process, url };
    };
    const [one, two] = await Promise.all([replica(), replica()]);
    reader = await startApp({ ...options, instrument: {} });
    const { metrics, prometheus, job } = reader;
    const answers: Record<string, number> = {};
    await Promise.all([load(one.url, 300, answers), load(two.url, 300, answers)]);
    // What is stored outlives the process.
    await waitFor(async () => {
      expect(await counted(metrics)).toEqual(answers);
      return true;
    });
    two.process.kill('SIGKILL');
    await two.process.done;
    await load(one.url, 300, answers);
    one.process.kill('SIGTERM');
    await one.process.done;
    expect(Object.values(answers).reduce((sum, each) => sum + each)).toBe(900);
    expect(await counted(metrics)).toEqual(answers);
    expect((await metrics.push()).outcome).toBe('pushed');
    const seen = await waitFor(async () => {
      const [sample] = await prometheus.query(`sum(${NAME}_count{job="${job}"})`);
      return sample?.value === 900 ? sample.value : undefined;
    });
    expect(seen).toBe(900);
  }, 120_000);
});

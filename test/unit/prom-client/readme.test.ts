/** The examples of prom-client's README, run with prom-client and with what stands in its place here. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as promClient from 'prom-client';
import * as ours from 'nestjs-prometheus-pushgateway/prom-client';
import { lateMetrics } from '../../../lib/prom-client/late-metric.js';
import { startApp } from '../../integration/app.js';

const require_ = createRequire(__filename);
const README = readFileSync(join(dirname(require_.resolve('prom-client/package.json')), 'README.md'), 'utf8');
const EXAMPLES = [...README.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code as string);
const example = (part: string): string => {
  const found = EXAMPLES.find((code) => code.includes(part));
  if (found === undefined) throw new Error(`prom-client's README has no example with ${part}`);
  return found;
};
const COUNTER = example('counter.inc(10)');
const GAUGE = example('gauge.dec(10)');
const HISTOGRAM = example('histogram.observe(10)');
const SUMMARY = example('summary.observe(10)');
const LABELS = example("gauge.labels('GET', '200')");

beforeEach(() => {
  promClient.register.clear();
  (lateMetrics() as Map<string, unknown>).clear();
});

/** The lines after an example was run; those with times and quantiles without their values. */
async function linesOf(code: string, client: object, text: () => Promise<string>): Promise<string[]> {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of the README is the test
  const run = new Function('require', 'http', 'xhrRequest', 'startTimer', code) as (...given: unknown[]) => void;
  const now = (_: unknown, done?: () => void): void => done?.();
  run(
    () => client,
    { get: now },
    (done: (...args: unknown[]) => void) => {
      done(undefined, {});
    },
  );
  const lines = (await text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => labelsSorted(line.replace(/^(\w+\{quantile=.*\}) .*$/, '$1'))).sort();
}

const labelsSorted = (line: string): string =>
  line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`);

async function both(code: string): Promise<{ theirs: string[]; mine: string[] }> {
  const theirs = await linesOf(code, promClient, () => promClient.register.metrics());
  const app = await startApp({ prometheus: { jobs: ['shop'] }, pushgateway: { redis: 'memory' }, autoPush: false }, [
    ours.PrometheusPushgatewayPromClientModule.forRoot(),
  ]);
  try {
    return { theirs, mine: await linesOf(code, ours, () => ours.register.metrics()) };
  } finally {
    await app.close();
  }
}

it.each([
  ['a counter', COUNTER, ['metric_name 11']],
  ['a gauge', GAUGE, ['metric_name 10']],
  ['buckets', example('buckets: [0.1, 5'), ['metric_name_bucket{le="0.1"} 0']],
  ['a histogram', HISTOGRAM, ['metric_name_sum 10']],
  ['percentiles', example('percentiles: [0.01, 0.1, 0.9, 0.99]'), ['metric_name{quantile="0.9"}']],
  ['a window', example('ageBuckets: 5'), ['metric_name_count 0']],
  ['a summary', SUMMARY, ['metric_name_sum 10']],
  ['labels', LABELS, ['metric_name{method="GET",statusCode="200"} 100']],
])('%s: the same text', async (_, code, expected) => {
  const { theirs, mine } = await both(code);
  expect(mine).toEqual(theirs);
  expect(mine).toEqual(expect.arrayContaining(expected));
});

it.each([
  ['a gauge', `${GAUGE}\n${example('gauge.setToCurrentTime()')}`],
  ['a histogram', `${HISTOGRAM}\n${example('const end = histogram.startTimer()')}`],
  ['a summary', `${SUMMARY}\n${example('const end = summary.startTimer()')}`],
])('timers of %s: the same series', async (_, code) => {
  const { theirs, mine } = await both(code);
  const names = (lines: string[]): string[] => lines.map((line) => line.replace(/ \S+$/, '')).sort();
  expect(names(mine)).toEqual(names(theirs));
});

it('timers with labels: the same series', async () => {
  const code = `${LABELS}\nconst startTimer = (labels) => gauge.startTimer(labels);\n{${example("startTimer({ method: 'GET' })").replace("statusCode: '500'", "statusCode: '201'").replace('if (err)', 'if (true)')}}`;
  const renamed = code
    .replaceAll('startTimer(', 'begin(')
    .replace('const startTimer =', 'const begin =')
    .replace('gauge.begin(', 'gauge.startTimer(');
  const { theirs, mine } = await both(renamed);
  expect(mine.filter((line) => line.includes('statusCode="201"'))).toHaveLength(1);
  expect(theirs.filter((line) => line.includes('statusCode="201"'))).toHaveLength(1);
});

it('zeroing, whose example has no labelNames: refused, with what to write', async () => {
  const code = `const client = require('prom-client');\n${example("histogram.zero({ method: 'GET' })")}`;
  await expect(linesOf(code, ours, () => ours.register.metrics())).rejects.toThrow('give "labelNames"');
  const { theirs, mine } = await both(code.replace('labels: [', 'labelNames: ['));
  expect(mine).toEqual(theirs);
  expect(mine).toContain('metric_name_count{method="POST"} 0');
});

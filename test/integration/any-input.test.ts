import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { MetricDefinition } from 'nestjs-prometheus-pushgateway';
import { type Stack, startStack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { resolveOptions } from '../../lib/options/index.js';
import { type App, optionsFor, startApp } from './app.js';

/** Each run is a batch: one push, one reading back from each server. */
const RUNS = 4;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const NASTY = [
  ...['', ' ', '  a  ', '"', '\\', '\n', '\r', '\r\n', '\t', '\\n', 'a"b\\c\nd', '{}', 'a="b",c="d"', '#', '# HELP x'],
  ...['__proto__', 'constructor', 'toString', 'NaN', '+Inf', '0', '-0', '1e3', '/', '..', '.', 'a/b', '%2F', '+', '%'],
  ...['\ud800', 'a\udfffb', '\u0000', '\u0001', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffd', '\u{1f600}', 'ü'],
];
const anyText = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
const NUMBERS = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  2 ** 53 + 2,
  0.1,
  1e21,
  123456789.12345679,
];
const anyNumber = fc.oneof(fc.constantFrom(...NUMBERS), fc.double());

/** Lone surrogates have no place in UTF-8; Prometheus takes a label without a value for none. */
const asStored = (text: string): string => text.toWellFormed();

async function withApp(jobs: string[], act: (app: App) => Promise<void>, more: object = {}): Promise<void> {
  const app = await startApp({ ...optionsFor(stack, jobs), maxLabelValueLength: 2_000_000, ...more });
  try {
    await act(app);
  } finally {
    await app.metrics.delete();
    await app.close();
  }
}

interface GatewayMetrics {
  data: ({ labels: Record<string, string> } & Record<string, { help?: string; metrics: object[] } | undefined>)[];
}
interface GatewaySeries {
  labels: Record<string, string>;
  value: string;
}

/** A family as the gateway has understood it. */
async function onGateway(job: string, name: string): Promise<{ help: string | undefined; series: GatewaySeries[] }> {
  const answer = (await (await fetch(`${stack.gateway.url}/api/v1/metrics`)).json()) as GatewayMetrics;
  const group = answer.data.find(({ labels }) => labels['job'] === job);
  const { help, metrics } = group?.[name] ?? { metrics: [] };
  return { help, series: metrics as GatewaySeries[] };
}

/** Label `l` and value of each series. */
type Values = Map<string, number>;

const define = (name: string, help = 'Anything'): MetricDefinition<'l'> & { type: 'gauge' } => ({
  name,
  help,
  type: 'gauge',
  labelNames: ['l'],
});

async function expectEverywhere(app: App, name: string, wanted: Values): Promise<void> {
  const stored = await app.metrics.define(define(name)).get();
  expect(new Map(stored.values.map(({ labels, value }) => [labels['l'] as string, value]))).toEqual(wanted);

  const result = await app.metrics.push();
  expect(result).toMatchObject({ outcome: 'pushed', series: wanted.size });

  const { series } = await onGateway(app.job, name);
  expect(new Map(series.map(({ labels, value }) => [labels['l'] ?? '', number(value)]))).toEqual(wanted);

  const samples = await waitFor(
    async () => {
      const found = await app.prometheus.query(`{__name__="${name}"}`);
      return found.length === wanted.size && found;
    },
    { message: `${wanted.size} series in Prometheus` },
  );
  // A gateway, when it is scraped, writes -0 as 0.
  const scraped = new Map([...wanted].map(([l, value]) => [l, value + 0]));
  expect(new Map(samples.map(({ metric, value }) => [metric['l'] ?? '', value]))).toEqual(scraped);
  for (const { metric } of samples) expect(metric).toMatchObject({ job: app.job, instance: 'test' });
}

/** The gateway's API writes numbers as text. */
const number = (text: string): number =>
  /^[+-]Inf$/.test(text) ? Number(text.replace('Inf', 'Infinity')) : Number(text);

/** A name that no other run has. */
const freshName = (): string => `any_${randomUUID().replaceAll('-', '')}`;

const isName = (text: string): boolean => text !== '' && text.isWellFormed();

describe('any input comes through Redis, gateway and Prometheus as it was', () => {
  it('as label value and number', async () => {
    const batches = fc.array(fc.tuple(anyText, anyNumber), { minLength: 30, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(batches, async (pairs) => {
        await withApp([`job-${randomUUID()}`], async (app) => {
          const name = freshName();
          const gauge = app.metrics.define(define(name));
          const wanted: Values = new Map();
          for (const [l, value] of [...NASTY.map((text, at): [string, number] => [text, at]), ...pairs]) {
            gauge.set({ l }, value);
            wanted.set(asStored(l), value);
          }
          await expectEverywhere(app, name, wanted);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('as number', async () => {
    await withApp([`job-${randomUUID()}`], async (app) => {
      const name = freshName();
      const gauge = app.metrics.define(define(name));
      const wanted: Values = new Map(NUMBERS.map((value, at) => [String(at), value]));
      for (const [l, value] of wanted) gauge.set({ l }, value);
      await expectEverywhere(app, name, wanted);
    });
  });

  it('as a label value of a megabyte', async () => {
    await withApp([`job-${randomUUID()}`], async (app) => {
      const name = freshName();
      const l = `${'"\\\n\u{1f600}'.repeat(200_000)}!`;
      app.metrics.define(define(name)).set({ l }, 7);
      await expectEverywhere(app, name, new Map([[l, 7]]));
    });
  });

  it('as HELP', async () => {
    const texts = fc.array(anyText, { minLength: 20, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(texts, async (generated) => {
        await withApp([`job-${randomUUID()}`], async (app) => {
          const helps = new Map<string, string>();
          for (const help of [...NASTY, ...generated, 'x"\\\n'.repeat(250_000)].filter((text) => text !== '')) {
            const name = freshName();
            app.metrics.gauge({ name, help }).set(1);
            helps.set(name, asStored(help));
          }
          expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed', series: helps.size });
          for (const [name, help] of helps) {
            // The text format has no way to keep spaces and tabs before a text.
            expect((await onGateway(app.job, name)).help ?? '').toBe(help.replace(/^[ \t]+/, ''));
          }
        });
      }),
      { numRuns: 2 },
    );
  });

  it.each(NASTY.filter((text) => !isName(text)))('but %j is refused as a name, at start', (text) => {
    const options = optionsFor(stack, [text]);
    expect(() => resolveOptions(options)).toThrow(/^Invalid options.*\n {2}- prometheus.jobs.0: expected a /);
    expect(() => resolveOptions({ prometheus: { jobs: ['shop'], instance: text } })).toThrow(/prometheus.instance: /);
  });

  it('as names of jobs, instances and grouping labels', async () => {
    const name = anyText.filter(isName);
    const named = fc.tuple(name, name, fc.oneof(fc.constant(''), name));
    const rows: [string, string, string][] = NASTY.filter(isName).map((text) => [text, text, text]);
    await fc.assert(
      fc.asyncProperty(named, async ([job, instance, zone]) => {
        const options = optionsFor(stack, [job]);
        const given = {
          ...options,
          prometheus: { ...options.prometheus, instance },
          pushgateway: { ...options.pushgateway, groupingLabels: { zone } },
        };
        const app = await startApp(given);
        try {
          const name = freshName();
          app.metrics.gauge({ name, help: 'x' }).set(7);
          expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed', job, instance });
          const series = await waitFor(async () => (await app.prometheus.query(name))[0]);
          expect(series).toMatchObject({
            value: 7,
            metric: { job, instance, ...(zone !== '' && { zone }) },
          });
          expect(await app.metrics.delete()).toMatchObject({ outcome: 'pushed' });
        } finally {
          await app.close();
        }
      }),
      { numRuns: rows.length + 5, examples: rows.map((row): [[string, string, string]] => [row]) },
    );
  });
});

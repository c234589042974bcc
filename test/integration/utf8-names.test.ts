import fc from 'fast-check';
import { isUtf8Name } from '../../lib/model/index.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { type App, optionsFor, startApp } from './app.js';

let redis: RunningServer;
let gateway: RunningServer;
beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));

async function withApp(act: (app: App) => Promise<void>, pushgateway: object = {}): Promise<void> {
  const options = optionsFor({ redis, gateway, prometheus: gateway });
  const app = await startApp({ ...options, pushgateway: { ...options.pushgateway, utf8Names: true, ...pushgateway } });
  try {
    await act(app);
  } finally {
    await app.close();
  }
}

/** All that has a meaning in the names of keys and fields, in patterns, and in the exposition. */
const SIGNS = [
  'a',
  'Z',
  '0',
  '_',
  ':',
  '.',
  '#',
  '@',
  '*',
  '{',
  '}',
  '%',
  '"',
  '\\',
  '\n',
  ' ',
  ',',
  '=',
  'é',
  '\u0001',
];
const anyName = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...SIGNS), minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  )
  .filter(isUtf8Name);
const labelName = anyName.filter((name) => !/^(__|job$|instance$|le$|quantile$)/.test(name));
const metric = fc.record({
  name: anyName,
  labels: fc.uniqueArray(fc.tuple(labelName, fc.string({ unit: 'grapheme' })), {
    selector: ([name]) => name,
    maxLength: 3,
  }),
  type: fc.constantFrom('counter', 'gauge', 'histogram', 'summary'),
});
/** No name ends as lines of another metric do. */
const metrics = fc.uniqueArray(metric, { selector: ({ name }) => name, minLength: 1, maxLength: 12 });

it('any names come back from Redis, also to a process without the option', async () => {
  const property = fc.asyncProperty(metrics, async (all) => {
    await withApp(async ({ metrics: own, options }) => {
      const labelsOf = (labels: (typeof all)[number]['labels']) => Object.fromEntries(labels);
      const handles = all.map(({ name, labels, type }, at) => {
        const definition = { name, help: 'Help', labelNames: labels.map(([label]) => label), maxAgeSeconds: 600 };
        const { maxAgeSeconds: _, ...short } = definition;
        if (type === 'summary') own.summary({ ...definition, quantiles: [] }).observe(labelsOf(labels), at);
        else if (type === 'histogram') own.histogram({ ...short, buckets: [1e6] }).observe(labelsOf(labels), at);
        else if (type === 'counter') own.counter(short).inc(labelsOf(labels), at + 1);
        else own.gauge(short).set(labelsOf(labels), at + 1);
        return own.define({
          ...(type === 'summary' ? { ...definition, quantiles: [] } : short),
          type,
          ...(type === 'histogram' && { buckets: [1e6] }),
        });
      });
      for (const [at, { name, labels, type }] of all.entries()) {
        const family = await handles[at]?.get();
        const isNumber = type === 'counter' || type === 'gauge';
        expect(family?.values.at(-1)).toEqual({
          metricName: isNumber ? name : `${name}_count`,
          labels: Object.assign(Object.create(null) as object, labelsOf(labels)),
          value: isNumber ? at + 1 : 1,
        });
      }
      const { utf8Names: _, ...pushgateway } = { utf8Names: true, ...options.pushgateway };
      const other = await startApp({ ...options, pushgateway: { ...pushgateway, utf8Names: false } });
      try {
        expect(await other.metrics.text()).toBe(await own.text());
        await own.clear();
        // Series without labels are there from the beginning.
        const left = (await other.metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        expect(left.filter((line) => !line.endsWith(' 0'))).toEqual([]);
      } finally {
        await other.close();
      }
    });
  });
  await fc.assert(property, { numRuns: 12 });
});

it.each(['auto', 'protobuf', 'text'] as const)('a gateway that does not take them gets none, as %s', async (format) => {
  await withApp(
    async ({ metrics: own }) => {
      own.counter({ name: 'orders.total', help: 'Orders' }).inc(3);
      expect(await own.push()).toMatchObject({
        outcome: 'failed',
        reason: expect.stringMatching(
          /takes no names in UTF-8, such as "orders\.total": start it with --push\.enable-utf8-names/,
        ),
      });
      expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain('orders');
    },
    { format },
  );
  await withApp(
    async ({ metrics: own }) => {
      own.counter({ name: 'orders_total', help: 'Orders', labelNames: ['http.route'] }).inc({ 'http.route': '/' });
      expect(await own.push()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('"http.route"') });
    },
    { format },
  );
});

it('a group whose label it does not take is not pushed', async () => {
  await withApp(
    async ({ metrics: own }) => {
      own.counter({ name: 'orders_total', help: 'Orders' }).inc(3);
      expect(await own.push()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('"a/b"') });
      expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain('orders_total');
    },
    { groupingLabels: { 'a/b': 'x' } },
  );
});

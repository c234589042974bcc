import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveDefinition, type ResolvedDefinition } from '../../../lib/model/index.js';
import { dashboardFiles, type KnownJob } from '../../../lib/rules/index.js';
import { DOCKER_FOLDER } from '../../support/docker-config.js';
import { schemaFaults } from '../../support/grafana/schema.js';
import { shopMetrics } from '../../support/grafana/shop-metrics.js';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Place;
  readonly interval?: string;
  readonly targets?: { expr: string }[];
}
interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly query: string;
  readonly allValue?: string;
}
interface Dashboard {
  readonly uid: string;
  readonly panels: Panel[];
  readonly templating: { list: Variable[] };
}

const counter = { name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] } as const;
const KNOWN: ResolvedDefinition[] = [
  resolveDefinition(counter),
  resolveDefinition({
    name: 'batch_job_runs_total',
    help: 'Runs',
    type: 'counter',
    labelNames: ['batch_job', 'outcome'],
  }),
  resolveDefinition({ name: 'depth', help: 'Waiting', type: 'gauge', labelNames: ['queue', 'type'] }),
  resolveDefinition({
    name: 'http_server_request_duration_seconds',
    help: 'Requests',
    type: 'histogram',
    labelNames: ['http_route'],
  }),
  resolveDefinition({ name: 'job_last_success_timestamp_seconds', help: 'Last success', type: 'gauge' }),
  resolveDefinition({ name: 'native_bytes', help: 'Sizes', type: 'histogram', native: {}, buckets: [1, 10] }),
  resolveDefinition({ name: 'pushgateway_client_pushes_total', help: 'Pushes', type: 'counter' }),
  resolveDefinition({ name: 'size_items', help: 'Items', type: 'summary', labelNames: ['instance_type'] }),
];

const options = {
  jobs: ['shop.eu', 'till'] as const,
  instance: 'test',
  groupingLabels: { region: 'eu' },
  pushIntervalMs: 15_000,
};

function made(
  known: readonly KnownJob[],
  change: Partial<Parameters<typeof dashboardFiles>[0]['options']> = {},
): Record<string, Dashboard> {
  const files = dashboardFiles({ options: { ...options, ...change }, known, scrapeIntervalSeconds: 5 });
  return Object.fromEntries(files.map(({ name, text }) => [name, JSON.parse(text) as Dashboard]));
}

const queues = made([
  {
    job: 'till',
    definitions: [
      resolveDefinition({ name: 'bullmq_job_completed_total', help: 'Jobs', type: 'counter', labelNames: ['queue'] }),
    ],
  },
]);
const all = made([{ job: 'shop.eu', definitions: KNOWN }]);
const expressions = (dashboard: Dashboard | undefined): string[] =>
  (dashboard?.panels ?? []).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

describe('dashboards', () => {
  it('have a row for jobs of BullMQ where they are measured', () => {
    expect(schemaFaults(queues['requests.json'] as Dashboard)).toEqual([]);
    expect(queues['requests.json']?.panels.map(({ title }) => title)).toEqual([
      ...['Jobs of BullMQ', 'Attempts', '95 %', 'Failed for good', 'Depth'],
    ]);
    expect(expressions(queues['requests.json'])).toContain(
      'sum by (queue) (increase(bullmq_job_failed_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range]))',
    );
    expect(expressions(queues['requests.json'])).toContain(
      'max by (queue, state) (bullmq_job_count{job=~"$job", instance=~"$instance", queue=~"$queue"})',
    );
    expect(expressions(all['requests.json']).join()).not.toContain('bullmq');
  });

  it('are those for metrics and pushes, and for requests where they are measured', () => {
    expect(Object.keys(all)).toEqual(['metrics.json', 'pushes.json', 'requests.json']);
    expect(Object.keys(made([{ job: 'till', definitions: [resolveDefinition(counter)] }]))).toEqual([
      'metrics.json',
      'pushes.json',
    ]);
    expect(all['metrics.json']?.uid).toBe('metrics-shop_eu-till');
  });

  it("are what Grafana's types allow", () => {
    expect(schemaFaults(...Object.values(all))).toEqual([]);
    // Which see what is wrong, however deep.
    const [row, panel] = all['metrics.json']?.panels as [Panel, object];
    const wrong = { titel: 'x', options: { colorMode: 'blue' }, targets: [{ refId: 1 }] };
    const faults = schemaFaults({ ...all['metrics.json'], panels: [row, { ...panel, ...wrong }] }).join();
    expect(faults).toContain('"titel"');
    expect(faults).toContain('"blue"');
    expect(faults).toContain("'number' is not assignable to type 'string'");
  });

  it('have each panel at a place and with a number of its own', () => {
    for (const { panels } of Object.values(all)) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    }
  });
});

describe('the dashboard of metrics', () => {
  const { panels, templating } = all['metrics.json'] as Dashboard;
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  const variables = Object.fromEntries(templating.list.map((variable) => [variable.name, variable]));

  it('has a row for each metric, but for what the package counts of itself', () => {
    expect(rows).toEqual([
      'Can it be believed?',
      'batch_job_runs_total: Runs',
      'depth: Waiting',
      'http_server_request_duration_seconds: Requests',
      'job_last_success_timestamp_seconds: Last success',
      'native_bytes: Sizes',
      'orders_total: Orders',
      'size_items: Items',
    ]);
  });

  it('lets labels be chosen, of its own jobs only', () => {
    expect(Object.keys(variables)).toEqual([
      'datasource',
      'job',
      'instance',
      'region',
      'batch_job',
      'http_route',
      'instance_type',
      'outcome',
      'queue',
      'type',
    ]);
    expect(variables['job']).toMatchObject({
      query: String.raw`label_values(push_time_seconds{job=~"shop\\.eu|till"}, job)`,
      allValue: String.raw`shop\.eu|till`,
    });
    expect(variables['queue']?.query).toBe(
      'label_values(depth{job=~"$job", instance=~"$instance", region=~"$region"}, queue)',
    );
    expect(variables['type']?.query).toContain('{__name__=~"depth|orders_total", job');
    expect(variables['instance_type']?.query).toContain('label_values(size_items_count{');
  });

  it('asks by the type of the metric', () => {
    const asked = expressions(all['metrics.json']);
    const chosen = 'job=~"$job", instance=~"$instance", region=~"$region"';
    expect(asked).toContain(`sum by (type) (rate(orders_total{${chosen}, type=~"$type"}[$__rate_interval]))`);
    expect(asked).toContain(`depth{${chosen}, queue=~"$queue", type=~"$type"}`);
    expect(asked).toContain(`time() - (job_last_success_timestamp_seconds{${chosen}} > 0)`);
    expect(asked).toContain(
      `histogram_quantile(0.9, sum by (le) (rate(http_server_request_duration_seconds_bucket{${chosen}, http_route=~"$http_route"}[$__rate_interval])))`,
    );
    expect(asked).toContain(
      `histogram_quantile(0.5, sum by (le) (rate(native_bytes_bucket{${chosen}}[$__rate_interval]))) or histogram_quantile(0.5, sum(rate(native_bytes{${chosen}}[$__rate_interval])))`,
    );
    expect(asked).toContain(`size_items{${chosen}, instance_type=~"$instance_type", quantile!=""}`);
  });

  it('asks for names in UTF-8 as Prometheus reads them, by variables that Grafana can', () => {
    const named = (name: string, type: 'counter' | 'histogram' | 'summary' | 'gauge'): ResolvedDefinition =>
      resolveDefinition({ name, help: 'In UTF-8', type, labelNames: ['http.route'] }, { utf8Names: true });
    const [counted, others] = [
      [named('http.requests', 'counter')],
      (['gauge', 'histogram', 'summary'] as const).map((type) => named(`http.${type}`, type)),
    ];
    const { 'metrics.json': one } = made([{ job: 'till', definitions: counted }], {
      groupingLabels: { 'cloud.region': 'eu' },
    });
    const chosen = 'job=~"$job", instance=~"$instance", "cloud.region"=~"$cloud_2e_region"';
    expect(expressions(one)).toContain(
      `sum by ("http.route") (rate({"http.requests",${chosen}, "http.route"=~"$http_2e_route"}[$__rate_interval]))`,
    );
    expect(one?.templating.list.slice(-2)).toMatchObject([
      { name: 'cloud_2e_region', label: 'cloud.region' },
      {
        name: 'http_2e_route',
        label: 'http.route',
        query: `label_values({"http.requests",${chosen}}, http.route)`,
      },
    ]);
    const { 'metrics.json': several } = made([{ job: 'till', definitions: others }], { groupingLabels: {} });
    expect(several?.templating.list.at(-1)?.query).toBe(
      String.raw`label_values({__name__=~"http\\.gauge|http\\.histogram_count|http\\.summary_count", job=~"$job", instance=~"$instance"}, http.route)`,
    );
    const misread = expressions(several).filter((expr) => /http\.\w+\{|(?<!")http\.|\$http\./.test(expr));
    expect(misread).toEqual([]);
    expect(expressions(several).join()).toContain('{"http.histogram_bucket",');
    expect(schemaFaults(one as Dashboard, several as Dashboard)).toEqual([]);
  });

  it('draws no finer than is pushed, nor than is scraped', () => {
    const steps = (dashboards: Record<string, Dashboard>): Set<string | undefined> =>
      new Set(
        Object.values(dashboards).flatMap(({ panels: all_ }) =>
          all_.filter(({ type }) => type === 'timeseries').map(({ interval }) => interval),
        ),
      );
    expect(steps(all)).toEqual(new Set(['15s']));
    expect(steps(made([{ job: 'till', definitions: KNOWN }], { pushIntervalMs: 1_000 }))).toEqual(new Set(['5s']));
    expect(steps(made([{ job: 'till', definitions: KNOWN }], { pushIntervalMs: undefined as never }))).toEqual(
      new Set(['60s']),
    );
  });
});

/** `UPDATE_DASHBOARDS=1 npx jest --selectProjects unit -- dashboards` writes them. */
it('docker/grafana has those of the sample application', async () => {
  const known = await shopMetrics();
  expect(known.flatMap(({ definitions }) => definitions).length).toBeGreaterThan(4);
  const files = filesOf(known);
  expect(files.map(({ name }) => name)).toEqual(['metrics.json', 'pushes.json', 'requests.json']);
  for (const { name, text } of files) {
    const path = join(DOCKER_FOLDER, 'grafana', name);
    if (process.env['UPDATE_DASHBOARDS']) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }

  function filesOf(metrics: readonly KnownJob[]): ReturnType<typeof dashboardFiles> {
    const ofShop = { ...options, jobs: ['shop', 'payments'], groupingLabels: {} } as never;
    return dashboardFiles({ options: ofShop, known: metrics, scrapeIntervalSeconds: 5 });
  }
});

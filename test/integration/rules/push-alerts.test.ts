import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles } from '../../../lib/rules/index.js';
import { promtool } from './support.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'push-alerts-'));
  const files = prometheusFiles({
    options: resolveOptions({ prometheus: { jobs: ['shop', 'till'] }, selfMetrics: true }),
    ...{ strategy: 'sticky', known: [], replicas: [], scrapeIntervalSeconds: 15 },
  });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

const LATE = 'No push of job till has come for 120s';
const FAIL = 'At least half of the pushes of job till fail';
const DELAYED = 'New values of job till wait for a gateway that is out of reach';
const STORE = 'Redis has not taken what job shop counted, and was asked again';
const LAG = 'Counts of job shop have waited for Redis for more than 60s';
const MOVES = 'Job till goes from gateway to gateway';
const VERSIONS = 'Processes of job shop run different versions of nestjs-prometheus-pushgateway';
const SERIES = {
  time: 'push_time_seconds{job="till",instance="one"}',
  failed: 'pushgateway_client_pushes_total{job="shop",pushed_job="till",outcome="failed"}',
  pushed: 'pushgateway_client_pushes_total{job="shop",pushed_job="till",outcome="pushed"}',
  delayed: 'pushgateway_client_delayed_seconds{job="shop",pushed_job="till"}',
  errors: 'pushgateway_client_store_errors_total{job="shop"}',
  lag: 'pushgateway_client_flush_lag_seconds{job="shop"}',
  moves: 'pushgateway_client_moves_total{job="shop",pushed_job="till"}',
  old: 'pushgateway_client_build_info{job="shop",version="0.1.0"}',
  new: 'pushgateway_client_build_info{job="shop",version="0.2.0"}',
};

type Values = Partial<Record<keyof typeof SERIES, string>>;

/** Whether an alert fires, with what it says, at a minute and not before; promtool's clock begins at 0. */
async function verdict(
  alertname: string,
  labels: object,
  values: Values,
  minute: number,
  summary?: string,
): Promise<ReturnType<typeof promtool>> {
  const firing = [{ exp_labels: { severity: 'warning', ...labels }, exp_annotations: { summary } }];
  const at = (eval_time: string, exp_alerts: object[]): object => ({ eval_time, alertname, exp_alerts });
  const input = Object.entries(values).map(([name, text]) => ({
    series: SERIES[name as keyof typeof SERIES],
    values: text,
  }));
  const alerts = [at(`${minute - 1}m`, []), at(`${minute}m`, summary === undefined ? [] : firing)];
  const tests = [{ interval: '1m', input_series: input, alert_rule_test: alerts }];
  const file = join(folder, 'case.json');
  await writeFile(file, JSON.stringify({ rule_files: ['push-alerts.yml'], evaluation_interval: '1m', tests }));
  return promtool('test', 'rules', file);
}

const SUCCESS = { status: 0, output: expect.stringContaining('SUCCESS') };

describe('alerts of pushes, checked by promtool:', () => {
  it('the configuration that names them is right', () => {
    expect(promtool('check', 'config', join(folder, 'prometheus.yml'))).toEqual(SUCCESS);
  });

  it.each<[string, object, Values, number, string]>([
    ['MetricsNotPushed', { job: 'till' }, { time: '0 60 60 60 60' }, 4, LATE],
    ['MetricsPushesFail', { pushed_job: 'till' }, { failed: '0+1x30' }, 6, FAIL],
    ['MetricsPushesFail', { pushed_job: 'till' }, { failed: '0+3x30', pushed: '0+2x30' }, 6, FAIL],
    ['MetricsDelayed', { pushed_job: 'till' }, { delayed: '0+10x30' }, 6, DELAYED],
    ['MetricsStoreFails', { job: 'shop' }, { errors: '0+1x30' }, 6, STORE],
    ['MetricsStoredLate', { job: 'shop' }, { lag: '60 60 60 61' }, 3, LAG],
    ['MetricsMoveOften', { pushed_job: 'till' }, { moves: '0x58 0 12' }, 60, MOVES],
    ['MetricsClientVersionsDiffer', { job: 'shop' }, { old: '1x70', new: '1x70' }, 60, VERSIONS],
  ])('%s fires: %j %j', async (alertname, labels, values, minute, summary) => {
    expect(await verdict(alertname, labels, values, minute, summary)).toEqual(SUCCESS);
  });

  it.each<[string, Values]>([
    ['MetricsNotPushed', { time: '0+60x30' }],
    ['MetricsPushesFail', { failed: '0+1x30', pushed: '0+4x30' }],
    ['MetricsPushesFail', { failed: '3x30', pushed: '0+1x30' }],
    ['MetricsDelayed', { delayed: '0 10 20 0x27' }],
    ['MetricsStoreFails', { errors: '4x30' }],
    ['MetricsStoredLate', { lag: '0.3x30' }],
    ['MetricsMoveOften', { moves: '0 0 2x30' }],
    ['MetricsClientVersionsDiffer', { new: '1x70' }],
  ])('%s does not fire where all is well: %j', async (alertname, values) => {
    expect(await verdict(alertname, {}, values, 25)).toEqual(SUCCESS);
  });
});

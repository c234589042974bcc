import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles } from '../../../lib/rules/index.js';
import { promtool } from './support.js';

const SERIES = 'batch_job_last_success_timestamp_seconds{batch_job="report {{a}}",job="shop",instance="one"}';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  const files = prometheusFiles({
    options: resolveOptions({ prometheus: { jobs: ['shop', 'till'] } }),
    strategy: 'sticky',
    known: [],
    replicas: [],
    scrapeIntervalSeconds: 15,
    batchJobs: [{ name: 'report {{a}}', overdueAfterSeconds: 600 }],
  });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

/** Which alerts fire at a minute; promtool's clock begins at 0. */
async function verdict(
  values: string,
  minute: number,
  firing: readonly string[],
): Promise<ReturnType<typeof promtool>> {
  const alerts = ['BatchJobOverdue', 'BatchJobNeverSucceeded'].map((alertname) => ({
    eval_time: `${minute}m`,
    alertname,
    exp_alerts: firing.includes(alertname)
      ? [
          {
            exp_labels: {
              severity: 'warning',
              batch_job: 'report {{a}}',
              ...(alertname === 'BatchJobOverdue' && { job: 'shop', instance: 'one' }),
            },
            exp_annotations: { summary: 'Batch job report {{a}} has not succeeded for 600s' },
          },
        ]
      : [],
  }));
  const tests = [{ interval: '1m', input_series: [{ series: SERIES, values }], alert_rule_test: alerts }];
  const file = join(folder, 'case.json');
  await writeFile(file, JSON.stringify({ rule_files: ['alerts.yml'], evaluation_interval: '1m', tests }));
  return promtool('test', 'rules', file);
}

const SUCCESS = { status: 0, output: expect.stringContaining('SUCCESS') };

describe('alerts of batch jobs, checked by promtool:', () => {
  it('the configuration that names them is right', () => {
    expect(promtool('check', 'config', join(folder, 'prometheus.yml'))).toEqual(SUCCESS);
  });

  it('none fires while the job succeeds in time', async () => {
    expect(await verdict('60+60x30', 29, [])).toEqual(SUCCESS);
  });

  it('one fires when its last success is too old', async () => {
    expect(await verdict('60x30', 10, [])).toEqual(SUCCESS);
    expect(await verdict('60x30', 12, ['BatchJobOverdue'])).toEqual(SUCCESS);
  });

  it('one fires for a job that has never succeeded, when that has been so for too long', async () => {
    expect(await verdict('0x30', 9, [])).toEqual(SUCCESS);
    expect(await verdict('0x30', 11, ['BatchJobNeverSucceeded'])).toEqual(SUCCESS);
  });

  it('one fires when what it pushed is gone', async () => {
    expect(await verdict('60 60 stale', 20, ['BatchJobNeverSucceeded'])).toEqual(SUCCESS);
  });
});

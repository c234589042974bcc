import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BatchJob, MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { NEVER, type Observable } from 'rxjs';
import { filesOf } from '../rules/support.js';

let finish: (error?: Error) => void = () => undefined;

class Reports {
  @BatchJob({ name: 'nightly-report', overdueAfterSeconds: 93_600 })
  async run(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      finish = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    return 'sent';
  }

  @BatchJob({ name: 'export' })
  rows(): Observable<number> {
    return NEVER;
  }

  @BatchJob()
  never(): void {
    // It is not run.
  }
}

let app: INestApplicationContext | undefined;
let metrics: MetricsService;

beforeEach(async () => {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['shop'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
      }),
    ],
  })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  metrics = app.get(MetricsService);
});
afterEach(() => app?.close());

async function valueOf(series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

const NIGHTLY = '{batch_job="nightly-report"}';

describe('a batch job', () => {
  it('has series before its first run', async () => {
    expect(await valueOf('batch_job_runs_total{batch_job="nightly-report",outcome="success"}')).toBe(0);
    expect(await valueOf('batch_job_runs_total{batch_job="Reports.never",outcome="error"}')).toBe(0);
    expect(await valueOf(`batch_job_last_success_timestamp_seconds${NIGHTLY}`)).toBe(0);
  });

  it('runs, succeeds and fails', async () => {
    const before = Date.now() / 1_000;
    const run = new Reports().run();
    expect(await valueOf(`batch_job_running${NIGHTLY}`)).toBe(1);
    finish();
    expect(await run).toBe('sent');
    expect(await valueOf(`batch_job_running${NIGHTLY}`)).toBe(0);
    const lastSuccess = await valueOf(`batch_job_last_success_timestamp_seconds${NIGHTLY}`);
    expect(lastSuccess).toBeGreaterThanOrEqual(before);
    expect(lastSuccess).toBeLessThanOrEqual(Date.now() / 1_000);
    const failing = new Reports().run();
    finish(new Error('no paper'));
    await expect(failing).rejects.toThrow('no paper');
    expect(await valueOf(`batch_job_last_success_timestamp_seconds${NIGHTLY}`)).toBe(lastSuccess);
    expect(await valueOf('batch_job_runs_total{batch_job="nightly-report",outcome="success"}')).toBe(1);
    expect(await valueOf('batch_job_runs_total{batch_job="nightly-report",outcome="error"}')).toBe(1);
    expect(await valueOf(`batch_job_last_duration_seconds${NIGHTLY}`)).toBeGreaterThan(0);
  });

  it('that gives an observable runs while somebody listens', async () => {
    const running = 'batch_job_running{batch_job="export"}';
    const rows = new Reports().rows();
    expect(await valueOf(running)).toBeUndefined();
    const listening = rows.subscribe();
    expect(await valueOf(running)).toBe(1);
    listening.unsubscribe();
    expect(await valueOf(running)).toBe(0);
    expect(await valueOf('batch_job_runs_total{batch_job="export",outcome="cancelled"}')).toBe(1);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('is not overdue after %d seconds', (overdueAfterSeconds) => {
    expect(() => BatchJob({ overdueAfterSeconds })).toThrow(
      `@BatchJob: expected overdueAfterSeconds above 0, got ${overdueAfterSeconds}`,
    );
  });
});

describe('the alerts of batch jobs', () => {
  it('are a file of their own, that the configuration names', () => {
    const files = filesOf({}, { batchJobs: [{ name: 'nightly-report', overdueAfterSeconds: 93_600 }] });
    expect(Object.keys(files)).toEqual(['prometheus.yml', 'alerts.yml']);
    expect(files['prometheus.yml']).toContain('rule_files:\n  - alerts.yml\n');
    expect(files['alerts.yml']).toContain(
      'time() - (batch_job_last_success_timestamp_seconds{batch_job="nightly-report", job="shop"} > 0) > 93600',
    );
  });

  it('are none where no job is watched', () => {
    expect(Object.keys(filesOf({}))).toEqual(['prometheus.yml']);
  });
});

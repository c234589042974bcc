import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, ROOT_CONTEXT, type SpanContext, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { STORE, type Store } from '../../../lib/store/index.js';

const IN_MEMORY = {
  prometheus: { jobs: ['shop'], instance: 'host' },
  pushgateway: { redis: 'memory' },
  autoPush: false,
} as const;

async function start(options: PrometheusPushgatewayModuleOptions) {
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

const span = (change: Partial<SpanContext> = {}): SpanContext => ({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: TraceFlags.SAMPLED,
  ...change,
});
const within = (of: SpanContext, act: () => void) => {
  context.with(trace.setSpanContext(ROOT_CONTEXT, of), act);
};

describe("exemplars: 'active-span'", () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => {
    context.disable();
  });
  async function exemplarsOf(options: PrometheusPushgatewayModuleOptions, count: (metrics: MetricsService) => void) {
    const app = await start(options);
    try {
      const metrics = app.get(MetricsService);
      count(metrics);
      await metrics.flush();
      const store = app.get<Store>(STORE);
      const group = { job: 'shop', instance: 'host', labels: {} };
      const [family] = await store.series.families(group);
      const found: string[] = [];
      if (family === undefined) throw new Error('Nothing was counted');
      for await (const chunk of store.series.read(group, family.definition, { exemplars: true })) {
        for (const { labels, exemplars: [one] = [] } of chunk) found.push(`${labels}: ${one?.labels ?? 'none'}`);
      }
      return found;
    } finally {
      await app.close();
    }
  }

  const count = (metrics: MetricsService): void => {
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['span'] });
    within(span(), () => {
      orders.inc({ span: 'active' });
      orders.inc({ span: 'own' }, 1, { exemplar: { trace_id: 'own' } });
    });
    within(span({ traceFlags: TraceFlags.NONE }), () => {
      orders.inc({ span: 'not sampled' });
    });
    within(span({ traceId: '0'.repeat(32) }), () => {
      orders.inc({ span: 'invalid' });
    });
    orders.inc({ span: 'none' });
  };

  it('takes trace_id and span_id of a span that is sampled', async () => {
    expect(await exemplarsOf({ ...IN_MEMORY, exemplars: 'active-span' }, count)).toEqual([
      'span="active": span_id="00f067aa0ba902b7",trace_id="4bf92f3577b34da6a3ce929d0e0e4736"',
      'span="own": trace_id="own"',
      'span="not sampled": none',
      'span="invalid": none',
      'span="none": none',
    ]);
  });

  it('is asked for: without it no span is looked at', async () => {
    expect(await exemplarsOf(IN_MEMORY, count)).toContain('span="active": none');
  });

  it('is the only such value', async () => {
    await expect(start({ ...IN_MEMORY, exemplars: 'all' as 'active-span' })).rejects.toThrow(
      'exemplars: expected "active-span", got "all"',
    );
  });
});

import { Command, Option } from 'nest-commander';
import { PrometheusClient } from '../prometheus/index.js';
import { limitOf } from './limit.js';
import { type ViewingFlags, ViewingCommand } from './viewing-command.js';

interface QueryFlags extends ViewingFlags {
  range?: string;
  step?: string;
  limit?: number;
}

/** `query`: what the application's Prometheus answers to an expression. */
@Command({
  name: 'query',
  arguments: '<promql>',
  argsDescription: { promql: "an expression, in quotes: 'sum by (type) (rate(orders_total[5m]))'" },
  description: 'Ask Prometheus, and show the answer as a table',
})
export class QueryCommand extends ViewingCommand<QueryFlags> {
  protected readonly name = 'query';
  protected override readonly mostArguments = 1;

  /** All is well when Prometheus has answered, also that it has nothing. */
  protected async act(flags: QueryFlags, promql = ''): Promise<boolean> {
    if (flags.step !== undefined && flags.range === undefined) throw new Error('--step is for --range: add it');
    const { range, step } = flags;
    const limit = limitOf(flags, this.output);
    // No other command needs it.
    const { instantText, plainSamples, plainSeries, pointsIn, rangeOf, rangeText } = await import(
      /* webpackMode: "eager" */ './query/index.js'
    );
    const progress = () => `asking ${this.serviceOf(PrometheusClient).address}`;
    if (range === undefined) {
      return this.view(
        {
          read: () => this.#instant(promql),
          progress,
          plain: (samples) => plainSamples(samples.slice(0, limit)),
          text: (samples) => instantText(samples, limit, this.output),
        },
        flags,
      );
    }
    rangeOf(range, step);
    return this.view(
      {
        read: async () => {
          const asked = rangeOf(range, step, pointsIn(this.output));
          return { asked, series: await this.serviceOf(PrometheusClient).queryRange(promql, asked) };
        },
        progress,
        plain: ({ series }) => plainSeries(series.slice(0, limit)),
        text: ({ asked, series }) => rangeText(series, asked, limit, this.output),
      },
      flags,
    );
  }

  async #instant(promql: string): ReturnType<PrometheusClient['query']> {
    try {
      return await this.serviceOf(PrometheusClient).query(promql);
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes('ask with queryRange()')) throw error;
      const advice = 'take it as rate(...), or leave its [...] out and add --range';
      throw new Error(`${promql} is a range of values for each series: ${advice}`, { cause: error });
    }
  }

  @Option({ flags: '--range <span>', description: 'the last such time, as in 30m or 1h30m, in place of now' })
  parseRange(span: string): string {
    return span;
  }

  @Option({
    flags: '--step <span>',
    description: 'time from one point of --range to the next (default: as many as fit, 40 at the most)',
  })
  parseStep(span: string): string {
    return span;
  }

  @Option({
    flags: '--limit <number>',
    description: 'most series, 0 for all (default: 100 on a terminal, otherwise all)',
  })
  parseLimit(text: string): number {
    return Number(text);
  }
}

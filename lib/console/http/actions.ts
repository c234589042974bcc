import { PackageLogger } from '../../log/package-logger.js';
import type { MetricsService } from '../../metrics/index.js';
import type { PushResult } from '../../model/index.js';

export interface ActionAnswer {
  readonly isDone: boolean;
  /** For people. */
  readonly text: string;
}

export interface ActionRequest {
  readonly action: string;
  readonly job: string;
  readonly metric: string;
  /** Who asks, for the log. */
  readonly by: string;
}

/** Does what the page asks for, and logs who asked. Never rejects for what a server does. */
export async function act(
  metrics: MetricsService,
  { action, job, metric, by }: ActionRequest,
): Promise<ActionAnswer | undefined> {
  const what = describe(action, job, metric);
  if (what === undefined) return undefined;
  const answer = await perform(metrics, action, job, metric).catch((error: unknown): ActionAnswer => ({
    isDone: false,
    text: (error as Error).message,
  }));
  new PackageLogger().log(`Console: ${what}, asked for by ${by}: ${answer.text}`);
  return answer;
}

function describe(action: string, job: string, metric: string): string | undefined {
  if (action === 'push') return `push of ${job}`;
  if (action === 'delete') return `deletion of the group of ${job}`;
  if (action === 'clear' && metric !== '') return `clearing of ${metric} of ${job}`;
  return undefined;
}

async function perform(metrics: MetricsService, action: string, job: string, metric: string): Promise<ActionAnswer> {
  if (action === 'push') return answerOf(await metrics.push(job));
  if (action === 'delete') return answerOf(await metrics.delete(job), 'deleted');
  await metrics.clear(job, metric);
  return { isDone: true, text: 'cleared; gateways keep their copy until the next push' };
}

function answerOf({ outcome, gateways, series, reason }: PushResult, done = `pushed ${series} series`): ActionAnswer {
  const why = reason === undefined ? '' : `: ${reason}`;
  if (outcome === 'pushed') return { isDone: true, text: `${done}, ${gateways.join(', ')}${why}` };
  return { isDone: false, text: `${outcome}${why}` };
}

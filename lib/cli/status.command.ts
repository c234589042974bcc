import { Command } from 'nest-commander';
import { GatewayResponseError } from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { PushgatewayClient } from '../gateway/index.js';
import { MetricsService } from '../metrics/index.js';
import type { ResolvedOptions } from '../options/index.js';
import type { GroupStatus } from '../model/index.js';
import type { Output } from './output.js';
import { requireSharedStore } from './require-shared-store.js';
import { coloured, wrapped } from './terminal.js';
import { type ViewingFlags, ViewingCommand } from './viewing-command.js';

/** Of the further lines of a job, on a terminal. */
const INDENT = 2;

/** What is known of all jobs. */
interface Known {
  readonly groups: readonly GroupStatus[];
  /** What a single gateway answered: of several the processes that push note which is silent. */
  readonly answer?: { readonly text: string; readonly isThere: boolean };
}

/** Prints where each job's values are, as all processes that push them have noted. */
@Command({ name: 'status', description: 'Show which gateway has the values of each job, and since when they wait' })
export class StatusCommand extends ViewingCommand<ViewingFlags> {
  protected readonly name = 'status';

  /** All is well unless values of a job wait for a silent gateway, or Redis or the only gateway does not answer. */
  protected async act(flags: ViewingFlags): Promise<boolean> {
    requireSharedStore(this.options);
    const [gateway, ...others] = this.options.gateways;
    const asked = others.length === 0 && !flags.json ? gateway : undefined;
    return this.view<Known>(
      {
        read: async () => ({
          groups: await this.serviceOf(MetricsService).status(),
          ...(asked && { answer: await answerOf(asked) }),
        }),
        progress: () => (asked ? `asking Redis and ${asked.url}` : 'asking Redis'),
        plain: ({ groups }) => groups,
        text: (known) => this.#text(known),
        isWell: ({ groups, answer }) => !groups.some(isSilent) && answer?.isThere !== false,
      },
      flags,
    );
  }

  #text({ groups, answer }: Known): string {
    const lines = groups.map((group) => lineIn(printable(this.#line(group)), isSilent(group), this.output));
    if (answer !== undefined) {
      const line = printable(`gateway ${this.options.gateways[0].url}: ${answer.text}`);
      lines.push(lineIn(line, !answer.isThere, this.output));
    }
    return `${lines.join('\n')}\n`;
  }

  #line(group: GroupStatus): string {
    const { job, instance, holder, copies, silentForMs, pushedAt, unreachableForMs, forgotten, contested } = group;
    const { strategy, isBroadcast, gateways } = this.options;
    const facts = [pushedAt === undefined ? 'never pushed' : `pushed ${pushedAt.toISOString()}`];
    if (isBroadcast) facts.push(`on all ${gateways.length} gateways`);
    else if (holder !== undefined) facts.push(`on ${holder}`);
    if (isSilent(group))
      facts.push(`which has not answered for ${Math.round((silentForMs ?? 0) / 1_000)} s: values wait`);
    const all = gateways.map(({ url }) => url);
    const old = strategy === 'sticky' ? copies : copies.filter((gateway) => !all.includes(gateway));
    const named = old.map((gateway) => {
      const forMs = unreachableForMs[gateway];
      return forMs === undefined
        ? gateway
        : `${gateway} (nobody has answered there for ${Math.round(forMs / 1_000)} s)`;
    });
    if (named.length > 0) facts.push(`old copies to remove on ${named.join(', ')}`);
    for (const [gateway, at] of Object.entries(forgotten)) {
      facts.push(
        `a copy on ${gateway} was forgotten on ${at.toISOString()}, since nobody had answered there for an hour`,
      );
    }
    facts.push(...contested);
    return `${job} (instance ${instance}): ${facts.join(', ')}`;
  }
}

/** A proxy may allow pushes alone: that is an answer. */
async function answerOf(gateway: ResolvedOptions['gateways'][0]): Promise<{ text: string; isThere: boolean }> {
  try {
    const { version } = await PushgatewayClient.of(gateway).status();
    return { text: `answers, Pushgateway ${version}`, isThere: true };
  } catch (error) {
    return { text: (error as Error).message, isThere: error instanceof GatewayResponseError };
  }
}

function lineIn(line: string, isBad: boolean, output: Output): string {
  const text = wrapped(line, INDENT, output);
  return isBad ? coloured(text, 'red', output) : text;
}

function isSilent({ silentForMs }: GroupStatus): boolean {
  return silentForMs !== undefined;
}

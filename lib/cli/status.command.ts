import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Command, CommandRunner, Option } from 'nest-commander';
import { GatewayResponseError } from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { PushgatewayClient } from '../gateway/index.js';
import { MetricsService } from '../metrics/index.js';
import type { GroupStatus } from '../model/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { onlyLook } from './do-nothing-unasked.js';
import { complain, jsonLine, type Output } from './output.js';
import { refuseArguments } from './refuse-arguments.js';
import { requireSharedStore } from './require-shared-store.js';
import { coloured } from './terminal.js';

interface StatusFlags {
  json?: boolean;
}

/** Prints where each job's values are, as all processes that push them have noted. */
@Command({ name: 'status', description: 'Show which gateway has the values of each job, and since when they wait' })
export class StatusCommand extends CommandRunner {
  private readonly output: Output = process.stdout;
  /** Private to the language too: from there an inspection would go on to everything there is. */
  readonly #moduleRef: ModuleRef;

  constructor(
    private readonly metrics: MetricsService,
    moduleRef: ModuleRef,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    super();
    this.#moduleRef = moduleRef;
  }

  /** Exit code 1 if values of a job wait for a silent gateway, or if Redis or the only gateway does not answer. */
  async run(given: string[], flags: StatusFlags = {}): Promise<void> {
    try {
      await onlyLook(this.#moduleRef);
      refuseArguments(given);
      requireSharedStore(this.options);
      const groups = await this.metrics.status();
      if (groups.some(isSilent)) process.exitCode = 1;
      if (flags.json) {
        this.output.write(jsonLine(groups));
        return;
      }
      const lines = groups.map((group) => lineIn(printable(this.#line(group)), isSilent(group), this.output));
      const [gateway, ...others] = this.options.gateways;
      if (others.length === 0) lines.push(await this.#ask(gateway));
      this.output.write(`${lines.join('\n')}\n`);
    } catch (error) {
      process.exitCode = 1;
      complain('status', (error as Error).message);
    }
  }

  @Option({ flags: '--json', description: 'print one JSON array' })
  parseJson(): boolean {
    return true;
  }

  /** Of several gateways the processes that push note which is silent; a single one nobody has asked since the last push. */
  async #ask(gateway: ResolvedOptions['gateways'][0]): Promise<string> {
    const answer = await answerOf(gateway);
    if (!answer.isThere) process.exitCode = 1;
    return lineIn(printable(`gateway ${gateway.url}: ${answer.text}`), !answer.isThere, this.output);
  }

  #line(group: GroupStatus): string {
    const { job, instance, holder, copies, silentForMs, pushedAt, unreachableForMs, forgotten, contested } = group;
    const { strategy, gateways } = this.options;
    const facts = [pushedAt === undefined ? 'never pushed' : `pushed ${pushedAt.toISOString()}`];
    if (strategy === 'broadcast') facts.push(`on all ${gateways.length} gateways`);
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
  return isBad ? coloured(line, 'red', output) : line;
}

function isSilent({ silentForMs }: GroupStatus): boolean {
  return silentForMs !== undefined;
}

import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Command, Option } from 'nest-commander';
import { GatewayResponseError } from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { PushgatewayClient } from '../gateway/index.js';
import { MetricsService } from '../metrics/index.js';
import type { GroupStatus } from '../model/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { jsonLine, type Output } from './output.js';
import { PackageCommand } from './package-command.js';
import { requireSharedStore } from './require-shared-store.js';
import { coloured } from './terminal.js';

interface StatusFlags {
  json?: boolean;
}

/** Prints where each job's values are, as all processes that push them have noted. */
@Command({ name: 'status', description: 'Show which gateway has the values of each job, and since when they wait' })
export class StatusCommand extends PackageCommand<StatusFlags> {
  protected readonly name = 'status';

  constructor(
    private readonly metrics: MetricsService,
    moduleRef: ModuleRef,
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
  ) {
    super(moduleRef, options);
  }

  /** All is well unless values of a job wait for a silent gateway, or Redis or the only gateway does not answer. */
  protected async act({ json }: StatusFlags): Promise<boolean> {
    requireSharedStore(this.options);
    const groups = await this.metrics.status();
    const isWell = !groups.some(isSilent);
    if (json) {
      this.output.write(jsonLine(groups));
      return isWell;
    }
    const lines = groups.map((group) => lineIn(printable(this.#line(group)), isSilent(group), this.output));
    const [gateway, ...others] = this.options.gateways;
    // Of several the processes that push note which is silent; a single one nobody has asked since the last push.
    const answer = others.length === 0 ? await answerOf(gateway) : undefined;
    if (answer !== undefined) {
      lines.push(lineIn(printable(`gateway ${gateway.url}: ${answer.text}`), !answer.isThere, this.output));
    }
    this.output.write(`${lines.join('\n')}\n`);
    return isWell && answer?.isThere !== false;
  }

  @Option({ flags: '--json', description: 'print one JSON array' })
  parseJson(): boolean {
    return true;
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
  return isBad ? coloured(line, 'red', output) : line;
}

function isSilent({ silentForMs }: GroupStatus): boolean {
  return silentForMs !== undefined;
}

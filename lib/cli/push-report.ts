import { printable } from '../errors/printable.js';
import type { PushResult } from '../model/index.js';
import { complain, jsonLine, type Output } from './output.js';
import type { PushProgress } from './push-progress.js';
import { coloured } from './terminal.js';

/** Tells what becomes of a round of pushes. */
export interface PushReport {
  begin(jobs: readonly string[]): void;
  end(result: PushResult): void;
  /** What hindered something beside the pushes themselves. */
  complain(reason: string): void;
  /** After the last job of a round, with all results in the order of the jobs. */
  close(results: readonly PushResult[]): void;
}

/** One line per job, for people; `progress` tells meanwhile how far the others are. */
export function textReport(output: Output, progress: PushProgress): PushReport {
  return {
    begin: (jobs) => {
      progress.begin(jobs);
    },
    end: (result) => {
      progress.end(result.job);
      output.write(`${lineOf(result, output)}\n`);
    },
    complain: (reason) => {
      progress.clear();
      complain('push', reason);
    },
    close: () => undefined,
  };
}

/** One JSON array per round, on one line, for machines. */
export function jsonReport(output: Output): PushReport {
  return {
    begin: () => undefined,
    end: () => undefined,
    complain: (reason) => {
      complain('push', reason);
    },
    close: (results) => {
      output.write(jsonLine(results.map(plainResult)));
    },
  };
}

/** An error as its code: its message is the `reason`. */
export function plainResult({ error, durationMs, ...result }: PushResult): object {
  const code = (error as { code?: unknown } | undefined)?.code;
  return { ...result, durationMs: Math.round(durationMs), ...(typeof code === 'string' && { code }) };
}

const COLOURS = { pushed: 'green', skipped: 'yellow', failed: 'red' } as const;

function lineOf({ job, outcome, ...result }: PushResult, output: Output): string {
  return `${printable(`${job}: `)}${coloured(outcome, COLOURS[outcome], output)}${printable(detailsOf({ job, outcome, ...result }))}`;
}

function detailsOf({ instance, gateway, outcome, series, bytes, durationMs, reason }: PushResult): string {
  const took = `${Math.round(durationMs)} ms`;
  if (outcome !== 'pushed') return ` after ${took}: ${reason ?? 'no reason given'}`;
  return ` ${series} series (${bytes} bytes) of instance ${instance} to ${gateway} in ${took}`;
}

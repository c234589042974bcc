import { printable } from '../errors/printable.js';
import type { PushResult } from '../model/index.js';
import { jsonLine, type Output } from './output.js';
import { coloured } from './terminal.js';

/** ANSI: back to the beginning of the line, and clear it. */
const ERASE_LINE = '\r\u001b[K';

/** Tells what becomes of a round of pushes. */
export interface PushReport {
  begin(jobs: readonly string[]): void;
  end(result: PushResult): void;
  /** After the last job of a round, with all results in the order of the jobs. */
  close(results: readonly PushResult[]): void;
}

/** One line a job, for people; on a terminal, a line below tells which are still being pushed. */
export function textReport(output: Output): PushReport {
  const pending = new Set<string>();
  const showPending = (): void => {
    if (output.isTTY && pending.size > 0) output.write(printable(`pushing ${[...pending].join(', ')} ...`));
  };
  return {
    begin: (jobs) => {
      for (const job of jobs) pending.add(job);
      showPending();
    },
    end: (result) => {
      pending.delete(result.job);
      output.write(`${output.isTTY ? ERASE_LINE : ''}${lineOf(result, output)}\n`);
      showPending();
    },
    close: () => undefined,
  };
}

/** One JSON array a round, on one line, for machines. */
export function jsonReport(output: Output): PushReport {
  return {
    begin: () => undefined,
    end: () => undefined,
    close: (results) => {
      output.write(jsonLine(results.map(plain)));
    },
  };
}

/** An error as its code: its message is the `reason`. */
function plain({ error, durationMs, ...result }: PushResult): object {
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

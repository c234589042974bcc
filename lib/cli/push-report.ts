import type { PushResult } from '../model/index.js';

/** Where a report goes: `process.stdout`, or anything like it. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells what becomes of pushes. */
export interface PushReport {
  begin(job: string): void;
  end(result: PushResult): void;
  /** After the last job of a round. */
  close(): void;
}

/** One line a job, for people; on a terminal the line says that it is being pushed until it is. */
export function textReport(output: Output): PushReport {
  return {
    begin: (job) => {
      if (output.isTTY) output.write(`${job}: pushing ...`);
    },
    end: (result) => {
      output.write(`${output.isTTY ? '\r\u001b[K' : ''}${lineOf(result)}\n`);
    },
    close: () => undefined,
  };
}

/** One JSON array a round, on one line, for machines. */
export function jsonReport(output: Output): PushReport {
  let results: unknown[] = [];
  return {
    begin: () => undefined,
    end: ({ error, ...result }) => {
      const code = (error as { code?: unknown } | undefined)?.code;
      results.push({ ...result, ...(typeof code === 'string' && { code }) });
    },
    close: () => {
      output.write(`${JSON.stringify(results)}\n`);
      results = [];
    },
  };
}

function lineOf({ job, instance, gateway, outcome, series, bytes, durationMs, reason }: PushResult): string {
  const took = `${Math.round(durationMs)} ms`;
  if (outcome !== 'pushed') return `${job}: ${outcome} after ${took}: ${reason ?? 'no reason given'}`;
  return `${job}: pushed ${series} series (${bytes} bytes) of instance ${instance} to ${gateway} in ${took}`;
}

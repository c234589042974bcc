import type { RunningServer } from '../../support/servers.js';
import type { Reading } from './verdict.js';

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly T[] };
}

interface VectorItem {
  readonly value: readonly [number, string];
}

interface MatrixItem {
  readonly values: readonly (readonly [number, string])[];
}

/** All that a Prometheus has of one series since then, and what its functions make of it; undefined if it has nothing. */
export async function readSeries(
  server: RunningServer,
  selector: string,
  sinceMs: number,
): Promise<Reading | undefined> {
  // One moment for all: with a later one a further sample would be in the range.
  const time = Date.now() / 1_000;
  const range = `${selector}[${Math.ceil(time - sinceMs / 1_000)}s]`;
  const [raw, resets, increase] = await Promise.all([
    query<MatrixItem>(server, range, time),
    query<VectorItem>(server, `resets(${range})`, time),
    query<VectorItem>(server, `increase(${range})`, time),
  ]);
  if (raw.length > 1) throw new Error(`Expected one series ${selector} on ${server.url}, got ${raw.length}`);
  if (raw[0] === undefined) return undefined;
  return {
    samples: raw[0].values.map(([at, value]) => ({ time: at, value: Number(value) })),
    resets: Number(resets[0]?.value[1] ?? 0),
    increase: Number(increase[0]?.value[1] ?? 0),
  };
}

/** What an instant query shows now. */
export async function valueOf(server: RunningServer, selector: string): Promise<number | undefined> {
  const [item] = await query<VectorItem>(server, selector, Date.now() / 1_000);
  return item && Number(item.value[1]);
}

/** Whether its version has the feature. */
export async function storesStarts(server: RunningServer): Promise<boolean> {
  const response = await fetch(`${server.url}/api/v1/status/buildinfo`);
  const { data } = (await response.json()) as { data: { version: string } };
  const [major = 0, minor = 0] = data.version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 50);
}

async function query<T>(server: RunningServer, promql: string, time: number): Promise<readonly T[]> {
  const parameters = new URLSearchParams({ query: promql, time: time.toFixed(3) });
  const response = await fetch(`${server.url}/api/v1/query?${parameters.toString()}`);
  const answer = (await response.json()) as Answer<T>;
  if (answer.status !== 'success')
    throw new Error(`${server.url} answered ${promql} with ${answer.error ?? 'no reason'}`);
  return answer.data.result;
}

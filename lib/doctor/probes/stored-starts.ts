import type { HttpClient } from '../../http/index.js';
import { matchersOf } from '../../model/index.js';
import type { PrometheusClient } from '../../prometheus/index.js';
import { json } from './prometheus-answer.js';
import type { StartedSeries } from './started-series.js';

/** What a Prometheus does with the times at which series began. */
export interface StoredStarts {
  /** Such as `3.5.3`; undefined if it does not say. */
  readonly version?: string;
  /** Of `--enable-feature`; undefined if it does not show its flags. */
  readonly features?: readonly string[];
  /** The series that began last, and whether it has the 0 at its start; undefined if there is none, or it does not have that series. */
  readonly newest?: { readonly name: string; readonly isStored: boolean };
}

/** Never rejects. */
export async function probeStarts(
  http: HttpClient,
  client: PrometheusClient,
  newest: Promise<StartedSeries | undefined>,
): Promise<StoredStarts> {
  const ask = async <T>(path: string): Promise<T | undefined> => {
    const answer = json(http, await http.request({ method: 'GET', path }), path) as { data?: T };
    return answer.data;
  };
  const [build, flags, stored] = await Promise.all([
    ask<{ version?: unknown }>('/api/v1/status/buildinfo').catch(() => undefined),
    ask<Record<string, unknown>>('/api/v1/status/flags').catch(() => undefined),
    newest.then((series) => series && isStored(client, series)).catch(() => undefined),
  ]);
  const { version } = build ?? {};
  const features = flags?.['enable-feature'];
  return {
    ...(typeof version === 'string' && { version: http.redact(version) }),
    ...(typeof features === 'string' && { features: http.redact(features).split(',').filter(Boolean) }),
    ...(stored && { newest: stored }),
  };
}

/** A sample at the very millisecond of the start is the 0 that Prometheus made of it. */
async function isStored(
  client: PrometheusClient,
  { name, labels, startMs }: StartedSeries,
): Promise<StoredStarts['newest']> {
  const series = `{${matchersOf([['__name__', name], ...Object.entries(labels).filter(([, value]) => value !== '')])}}`;
  const [atStart, now] = await Promise.all([
    client.query(`timestamp(${series})`, { time: new Date(startMs) }),
    client.query(series),
  ]);
  if (now.length === 0) return undefined;
  return { name, isStored: atStart.some(({ value }) => Math.round(value * 1_000) === startMs) };
}

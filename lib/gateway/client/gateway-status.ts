import { GatewayResponseError } from '../../errors/index.js';
import type { HttpClient, HttpResponse } from '../../http/index.js';
import { refusal } from './refusal.js';
import { victoriaMetrics } from './victoria-metrics.js';

export const STATUS_PATH = '/api/v1/status';
const START_TIME = /"start_time"\s*:\s*"([^"]+)"/;

/** What a Pushgateway says of itself. */
export interface GatewayStatus {
  /** Such as `1.5.1`. */
  version: string;
  startTime: Date;
  /** Its command line, defaults included, without dashes: `{ 'persistence.file': '', ... }`. */
  flags: Record<string, string>;
  /** It takes pushes. */
  ready: boolean;
}

/** The flags in an answer of {@link STATUS_PATH}; undefined if it is not a Pushgateway's. */
export function flagsIn(body: string): Record<string, string> | undefined {
  return parse(body).data?.flags;
}

interface StatusAnswer {
  data?: { build_information?: { version?: string }; flags?: Record<string, string>; start_time?: string };
}

/**
 * Reads the answers of `/api/v1/status` and `/-/ready`.
 * @throws GatewayResponseError that names the path without a Pushgateway's answer: a proxy may allow only some paths.
 */
export function readStatus(http: HttpClient, status: HttpResponse, ready: HttpResponse): GatewayStatus {
  const { build_information: build, flags, start_time: start } = parse(status.body).data ?? {};
  const startTime = new Date(start ?? Number.NaN);
  if (build?.version === undefined || flags === undefined || Number.isNaN(startTime.getTime())) {
    const other = victoriaMetrics(status, [200]);
    if (other !== undefined) throw new GatewayResponseError(`${http.server} ${other}`, status.status, other);
    const reason = http.reasonOf(status);
    const message = `${http.server} did not answer ${STATUS_PATH} as a Pushgateway does (${status.status}): ${reason}`;
    throw new GatewayResponseError(message, status.status, reason);
  }
  if (ready.status !== 200 && ready.status !== 503) throw refusal(http, ready, '/-/ready');
  return { version: http.redact(build.version), startTime, flags, ready: ready.status === 200 };
}

/**
 * When a gateway began, from its status, to the nanosecond: a Date knows milliseconds only, and gateways may be started
 * together.
 */
export function startTimeIn(body: string): string | undefined {
  return START_TIME.exec(body)?.[1];
}

function parse(body: string): StatusAnswer {
  try {
    return (JSON.parse(body) as StatusAnswer | null) ?? {};
  } catch {
    return {};
  }
}

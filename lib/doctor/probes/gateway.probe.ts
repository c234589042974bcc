import { GatewayResponseError } from '../../errors/index.js';
import {
  AS_TEXT,
  GATEWAY_HEADER,
  type GatewayContents,
  gatewayIn,
  type GatewayStatus,
  parseContents,
  readStatus,
  startTimeIn,
  STATUS_PATH as STATUS,
} from '../../gateway/index.js';
import { HttpClient, type HttpResponse, LONG_ANSWER_BYTES } from '../../http/index.js';
import type { Endpoint } from '../../options/index.js';
import { timed } from './clock.js';
import { type Failure, failureOf, GATEWAY } from './failure.js';
import { AS_MESSAGES, parseStarts, type ShownStarts } from './started-series.js';

/** How often the status is asked for: behind a balancer that takes turns between two gateways, both answer. */
const STATUS_REQUESTS = 8;
/** How many different paths are asked for: a balancer that hashes them then asks all, or nearly all, of its gateways. */
const PATHS_FOR_NAMES = 24;

/** One gateway, asked at an address of its own or by name through a balancer. */
export interface GatewayFacts {
  /** For people: its address, with its name behind a balancer. */
  readonly subject: string;
  readonly address: string;
  /** Its name, if a balancer gave it one. */
  readonly name?: string;
  /** Address of the proxy on the way. */
  readonly proxy?: string;
  /** Nothing else is known then. */
  readonly failure?: Failure;
  readonly status?: GatewayStatus;
  /** When its process began, to the nanosecond as it says it: no two are alike. */
  readonly process?: string;
  readonly contents?: GatewayContents;
  /** Why the contents are not known. */
  readonly contentsFailure?: Failure;
  /** What it shows of our jobs' start times; undefined if that cannot be read. */
  readonly starts?: ShownStarts;
  readonly clockAheadMs?: number;
}

/** What is found at one configured address. */
export interface AddressFacts {
  readonly address: string;
  /** `naming`: a balancer that names its gateways; `silent`: one that does not, yet spreads requests over them. */
  readonly balancer: 'none' | 'naming' | 'silent';
  /** Of a silent balancer: whichever answered. */
  readonly gateways: readonly GatewayFacts[];
}

/** Never rejects for what a server does. */
export async function probeAddress(endpoint: Endpoint, jobs: readonly string[]): Promise<AddressFacts> {
  const http = new HttpClient(endpoint, GATEWAY.service);
  const address = endpoint.url;
  const first = await probeGateway(http, jobs);
  if (first.facts.failure) return { address, balancer: 'none', gateways: [first.facts] };
  const again = Array.from({ length: STATUS_REQUESTS - 1 }, () => http.request({ method: 'GET', path: STATUS }));
  const answers = (await Promise.allSettled(again)).flatMap((each) =>
    each.status === 'fulfilled' ? [each.value] : [],
  );
  if (first.name !== undefined) {
    const names = await namesBehind(http, [first.name, ...answers.flatMap(nameOf)]);
    const gateways = await Promise.all(names.map(async (name) => (await probeGateway(http, jobs, name)).facts));
    return { address, balancer: 'naming', gateways };
  }
  const processes = new Set([first.facts.process, ...answers.flatMap(processOf)]);
  return { address, balancer: processes.size > 1 ? 'silent' : 'none', gateways: [first.facts] };
}

/** Asks one gateway, by name if a balancer knows it by one. */
async function probeGateway(
  http: HttpClient,
  jobs: readonly string[],
  name?: string,
): Promise<{ facts: GatewayFacts; name?: string }> {
  const address = http.url;
  const about = {
    subject: name === undefined ? address : `${address} (${name})`,
    address,
    ...(name !== undefined && { name }),
    ...(http.proxy !== undefined && { proxy: http.proxy }),
  };
  const named = name === undefined ? {} : { [GATEWAY_HEADER]: name };
  const get = (path: string, maxAnswerBytes?: number, headers?: Record<string, string>): Promise<HttpResponse> =>
    http.request({
      method: 'GET',
      path,
      headers: { ...named, ...headers },
      ...(maxAnswerBytes !== undefined && { maxAnswerBytes }),
    });
  const asked = { ...GATEWAY, server: http.server };
  try {
    const { response, clockAheadMs } = await timed(() => get(STATUS));
    // An answer that is not a Pushgateway's is reported before anything else is asked.
    readStatus(http, response, { ...response, status: 200 });
    const status = readStatus(http, response, await get('/-/ready'));
    const page = status.flags['web.telemetry-path'] ?? '/metrics';
    const contents = await get(page, LONG_ANSWER_BYTES, { accept: AS_TEXT })
      .then((page) => ({ contents: contentsOf(http, page) }))
      .catch((error: unknown) => ({ contentsFailure: failureOf(error, asked) }));
    const starts = await get(page, LONG_ANSWER_BYTES, { accept: AS_MESSAGES })
      .then((answer) => (answer.status === 200 ? { starts: parseStarts(answer.body, jobs) } : {}))
      .catch(() => ({}));
    const [answeredAs] = nameOf(response);
    const [process = ''] = processOf(response);
    return {
      facts: {
        ...about,
        status,
        process,
        ...contents,
        ...starts,
        ...(clockAheadMs !== undefined && { clockAheadMs }),
      },
      ...(answeredAs !== undefined && { name: answeredAs }),
    };
  } catch (error) {
    return { facts: { ...about, failure: failureOf(error, asked) } };
  }
}

function contentsOf(http: HttpClient, page: HttpResponse): GatewayContents {
  if (page.status === 200) return parseContents(page.body);
  const reason = http.reasonOf(page);
  throw new GatewayResponseError(
    `${http.server} did not show its metrics (${page.status}): ${reason}`,
    page.status,
    reason,
  );
}

/** Asks for paths that no gateway has: each answers 404, and the balancer says who it was. */
async function namesBehind(http: HttpClient, known: readonly string[]): Promise<string[]> {
  const asking = Array.from({ length: PATHS_FOR_NAMES }, (_, at) =>
    http.request({ method: 'GET', path: `${STATUS}/doctor-${at}` }),
  );
  const answers = await Promise.allSettled(asking);
  const names = answers.flatMap((each) => (each.status === 'fulfilled' ? nameOf(each.value) : []));
  return [...new Set([...known, ...names])].sort();
}

function nameOf(response: HttpResponse): string[] {
  const { name } = gatewayIn(response);
  return name === undefined ? [] : [name];
}

function processOf({ status, body }: HttpResponse): string[] {
  const start = startTimeIn(body);
  return status === 200 && start !== undefined ? [start] : [];
}

import { PrometheusResponseError } from '../errors/index.js';
import { endpointOf, HttpClient, type HttpResponse, LONG_ANSWER_BYTES } from '../http/index.js';
import { type Endpoint, type EndpointOptions, PROMETHEUS, PROMETHEUS_PORT } from '../options/index.js';
import {
  type InstantSample,
  parseAnswer,
  type Point,
  point,
  type QueryData,
  type RangeSeries,
} from './query-answer.js';
import { requireLabels } from './require-labels.js';

/** How to reach one Prometheus. */
export interface PrometheusClientOptions extends EndpointOptions {
  /**
   * `host:port`, or a URL with scheme and base path.
   * @defaultValue that of `prometheus.host`
   */
  host?: string;
}

/** A moment: a Date, or Unix time in seconds. */
export type Time = Date | number;

/** A span of time: seconds, or Prometheus' own notation such as `1m30s`. */
export type Duration = number | string;

/** Of `PrometheusClient.query`. */
export interface QueryOptions {
  /**
   * The moment that is asked for.
   * @defaultValue Prometheus' present
   */
  time?: Time;
  /**
   * Longest time Prometheus may work on the query.
   * @defaultValue its `--query.timeout`
   */
  timeout?: Duration;
  /**
   * Gives the query up when it is aborted, as a time-out does.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/** Of `PrometheusClient.queryRange`. */
export interface QueryRangeOptions {
  /** Included. */
  start: Time;
  /** Included. */
  end: Time;
  /** From one point to the next. */
  step: Duration;
  /**
   * Longest time Prometheus may work on the query.
   * @defaultValue its `--query.timeout`
   */
  timeout?: Duration;
}

/**
 * Queries to one Prometheus, usable without Nest:
 *
 * ```ts
 * const prometheus = new PrometheusClient({ host: 'prometheus:9090' });
 * const [total] = await prometheus.query('sum(orders_total)');
 * ```
 *
 * Both queries may throw
 * - PrometheusResponseError: Prometheus refused; `errorType` and `reason` have its own words;
 * - HttpConnectionError: no HTTP answer came, or one of more than 128 MiB (over 200,000 series);
 * - HttpTimeoutError: it did not come in time.
 */
export class PrometheusClient {
  readonly #http: HttpClient;
  /** A proxy stands before it that lets no POST pass. */
  #isGetOnly = false;

  /** @throws ConfigurationError for what is no address, and for credentials that cannot be sent. */
  constructor(options: PrometheusClientOptions = {}) {
    const { host = PROMETHEUS.host.default } = options;
    this.#http = new HttpClient(endpointOf(host, options, PROMETHEUS_PORT), 'Prometheus');
  }

  /** @internal A client for options that are resolved already. */
  static of(endpoint: Endpoint): PrometheusClient {
    return new PrometheusClient({ ...endpoint, host: endpoint.url });
  }

  /** Address of Prometheus, without credentials: `http://prometheus:9090`. */
  get address(): string {
    return this.#http.url;
  }

  /**
   * Value of an expression at one moment. One element per series; a scalar is one element without labels.
   * @throws PrometheusResponseError, HttpConnectionError, HttpTimeoutError
   */
  async query(promql: string, { time, timeout, signal }: QueryOptions = {}): Promise<InstantSample[]> {
    const form = {
      query: promql,
      ...(time !== undefined && { time: unixSeconds(time) }),
      ...(timeout !== undefined && { timeout: String(timeout) }),
    };
    const { response, ...answer } = await this.#ask('query', form, signal);
    const data = answer.data as QueryData;
    switch (data.resultType) {
      case 'vector':
        return data.result.map(({ metric, value }) => ({ metric, ...point(this.#required(value, response)) }));
      case 'scalar':
        return [{ metric: {}, ...point(data.result) }];
      case 'matrix':
        throw this.#error(
          response,
          undefined,
          'the answer is a range of values for each series: ask with queryRange()',
        );
      default:
        throw this.#error(response, undefined, `the answer is a ${data.resultType}, not a number`);
    }
  }

  /**
   * Values of an expression from `start` to `end`. One element per series.
   * @throws PrometheusResponseError, HttpConnectionError, HttpTimeoutError
   */
  async queryRange(promql: string, { start, end, step, timeout }: QueryRangeOptions): Promise<RangeSeries[]> {
    const { response, ...answer } = await this.#ask('query_range', {
      query: promql,
      start: unixSeconds(start),
      end: unixSeconds(end),
      step: String(step),
      ...(timeout !== undefined && { timeout: String(timeout) }),
    });
    const data = answer.data as QueryData;
    if (data.resultType !== 'matrix') throw this.#error(response, undefined, `the answer is a ${data.resultType}`);
    return data.result.map(({ metric, values }) => ({ metric, values: this.#required(values, response).map(point) }));
  }

  /**
   * Labels of every series that matches a selector, `__name__` among them, at whatever time Prometheus saw it: as far back as
   * it keeps data.
   * @throws PrometheusResponseError, HttpConnectionError, HttpTimeoutError
   */
  async series(selector: string): Promise<Record<string, string>[]> {
    return (await this.#ask('series', { 'match[]': selector })).data as Record<string, string>[];
  }

  /**
   * Matchers for a selector which say that a series has all of these labels: `['a', 'b']` becomes `a=~".+",b=~".+"`.
   * @throws LabelError for what is no label name.
   */
  requireLabels(labelNames: readonly string[]): string {
    return requireLabels(labelNames);
  }

  /** By POST, as a query may be longer than a URL; by GET where POST is not allowed, which is asked once. */
  async #ask(
    endpoint: 'query' | 'query_range' | 'series',
    form: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<{ data: unknown; response: HttpResponse }> {
    const path = `/api/v1/${endpoint}`;
    const common = { path, maxAnswerBytes: LONG_ANSWER_BYTES, ...(signal && { signal }) };
    const byGet = () => this.#http.request({ ...common, method: 'GET', query: form });
    let response = this.#isGetOnly ? await byGet() : await this.#http.request({ ...common, method: 'POST', form });
    if (!this.#isGetOnly && isPostRefused(response)) {
      response = await byGet();
      this.#isGetOnly = response.status === 200;
    }
    const answer = parseAnswer(response.body);
    if (response.status === 200 && answer?.status === 'success' && answer.data !== undefined) {
      return { data: answer.data, response };
    }
    if (answer?.error !== undefined) throw this.#error(response, answer.errorType, answer.error);
    throw this.#strangeAnswer(response);
  }

  /** A series of native histograms has neither `value` nor `values`. */
  #required<T extends Point | Point[]>(value: T | undefined, response: HttpResponse): T {
    if (value !== undefined) return value;
    throw this.#error(response, undefined, 'the answer holds native histograms, not numbers');
  }

  #error(response: HttpResponse, errorType: string | undefined, text: string): PrometheusResponseError {
    const reason = this.#http.redact(text);
    const words = errorType === undefined ? reason : `${errorType}: ${reason}`;
    const message = `${this.#http.server} refused the query (${response.status}): ${words}`;
    return new PrometheusResponseError(message, response.status, errorType, reason);
  }

  #strangeAnswer(response: HttpResponse): PrometheusResponseError {
    const { status } = response;
    const reason = this.#http.reasonOf(response);
    const hint =
      status === 401 || status === 403
        ? 'check username and password, or bearerToken'
        : 'is this the address of a Prometheus, with its --web.route-prefix?';
    const message = `${this.#http.server} gave no answer of Prometheus (${status}): ${reason} (${hint})`;
    return new PrometheusResponseError(message, status, undefined, reason);
  }
}

/** Method Not Allowed, or Not Implemented. */
function isPostRefused({ status }: HttpResponse): boolean {
  return status === 405 || status === 501;
}

function unixSeconds(time: Time): string {
  return String(time instanceof Date ? time.getTime() / 1000 : time);
}

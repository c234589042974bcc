import http, { STATUS_CODES } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { HttpConnectionError, type HttpProxyError, HttpTimeoutError } from '../errors/index.js';
import type { Endpoint } from '../options/index.js';
import type AxiosPackage from './axios.cjs';
import { agentsFor, type AgentsForRequest } from './agents.js';
import { answerText } from './answer-text.js';
import { connectionError } from './connection-error.js';
import { Credentials, type SentHeaders } from './credentials.js';
import { Exchange } from './exchange.js';
import { type HttpProxy, proxyOf } from './proxy.js';
import { readableText } from './readable-text.js';
import type { RequestBody } from './request-body.js';
import { RequestTime } from './request-time.js';
import { whenAborted } from './when-aborted.js';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the endpoint's base path; already percent-encoded, beginning with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`, instead of a {@link body}. */
  readonly form?: Readonly<Record<string, string>>;
  /** Names in lower case. Default: only those of the endpoint. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A Buffer goes with `Content-Length`; what is made while it is sent goes in chunks. Default: none. */
  readonly body?: Buffer | RequestBody;
  /** Send the body only after the server answered `100 Continue`. Default false. */
  readonly expectContinue?: boolean;
  /**
   * Called when all of the body but its last bytes has gone, if there is one: what it throws ends the request, and the server
   * never sees a whole body. Default: nothing.
   */
  readonly beforeEnd?: () => Promise<void>;
  /** Gives the request up when it is aborted: that is a time-out too. Default: none. */
  readonly signal?: AbortSignal;
  /** Longest answer in bytes, decompressed. A longer one is an error; of a refusal the beginning is kept. Default 1 MiB. */
  readonly maxAnswerBytes?: number;
}

type Axios = InstanceType<(typeof AxiosPackage)['Axios']>;

const MIB = 1_024 * 1_024;
/** A status, or why something was refused. */
const SHORT_ANSWER_BYTES = MIB;
/** A query's answer of 200,000 series, 600 bytes each; what a gateway shows to Prometheus. */
export const LONG_ANSWER_BYTES = 128 * MIB;

/** Any answer, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed text; of a refusal that is longer than `maxAnswerBytes`, its beginning. */
  readonly body: string;
}

/** Sends requests to one endpoint. Credentials are in no error and in nothing that can be inspected. */
export class HttpClient {
  readonly #endpoint: Endpoint;
  readonly #server: string;
  readonly #credentials: Credentials;
  readonly #sender: typeof http | typeof https;
  readonly #proxy: HttpProxy | undefined;
  readonly #agents: AgentsForRequest;
  /** The server answered 417 once: it will not do otherwise next time. */
  #expectRefused = false;

  /**
   * @param service What the endpoint is to people, for messages: `Pushgateway`, `Prometheus`.
   * @throws ConfigurationError for credentials or headers that cannot be sent, certificates or keys that are none, and what is no
   * proxy.
   */
  constructor(endpoint: Endpoint, service: string) {
    this.#endpoint = endpoint;
    this.#server = `${service} ${endpoint.url}`;
    this.#credentials = new Credentials(endpoint, this.#server);
    this.#sender = endpoint.url.startsWith('https:') ? https : http;
    this.#proxy = proxyOf(endpoint, this.#server);
    this.#agents = agentsFor(endpoint, this.#proxy);
  }

  /** Scheme, host, port and base path, without credentials. */
  get url(): string {
    return this.#endpoint.url;
  }

  /** Service and address, as messages name them: `Pushgateway http://localhost:9091`. */
  get server(): string {
    return this.#server;
  }

  /** Address of the proxy on the way, without credentials; undefined if there is none. */
  get proxy(): string | undefined {
    return this.#proxy?.url;
  }

  /**
   * @throws HttpProxyError when a proxy on the way let nothing through.
   * @throws HttpConnectionError when no HTTP answer came, or one that is too long.
   * @throws CredentialsError when what to log in with could not be had: nothing was sent.
   * @throws HttpTimeoutError when it did not come within the endpoint's `timeoutMs`, connecting included.
   * @throws whatever the source of the body threw; the server then never saw a complete body.
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    // Loaded with the first request: it costs start-up time that a process which never pushes need not pay.
    const { Axios } = (await import(/* webpackMode: "eager" */ './axios.cjs')).default;
    // An instance of its own: an application's interceptors and defaults must neither change nor see our requests.
    const axios = new Axios();
    const { timeoutMs } = this.#endpoint;
    const time = new RequestTime(timeoutMs);
    const stopListening = whenAborted(request.signal, () => {
      time.end();
    });
    try {
      const login = await this.#credentials.headers(time.signal);
      const response = await this.#sendAsAsked(axios, request, login, time);
      if (response.status !== 401 && response.status !== 403) return response;
      // What a file or a function gives may have been replaced since.
      const other = await this.#credentials.othersThan(login, time.signal);
      return other === undefined ? response : await this.#sendAsAsked(axios, request, other, time);
    } finally {
      stopListening();
      time.close();
    }
  }

  /** Without waiting for `100 Continue` if the server refuses to be asked for it. */
  async #sendAsAsked(axios: Axios, request: HttpRequest, login: SentHeaders, time: RequestTime): Promise<HttpResponse> {
    const body = request.form ? Buffer.from(new URLSearchParams(request.form).toString()) : request.body;
    // Of an empty body there is nothing to hold back, and no server asks for it.
    const holdable = Buffer.isBuffer(body) ? body.length > 0 : body !== undefined;
    const hold = holdable && request.expectContinue === true && !this.#expectRefused;

    const response = await this.#send(axios, request, this.#headersOf(request, login, body, hold), body, hold, time);
    if (response.status !== 417 || !hold) return response;
    this.#expectRefused = true;
    return this.#send(axios, request, this.#headersOf(request, login, body, false), body, false, time);
  }

  /** The server's own words about an answer, short and on one line, without HTML and secrets. */
  reasonOf(response: HttpResponse): string {
    const location = response.headers['location'];
    if (response.status >= 300 && response.status < 400 && location !== undefined) {
      return this.redact(`redirects to ${location}`);
    }
    return this.redact(response.body) || (STATUS_CODES[response.status] ?? 'no reason given');
  }

  /** A text that came from the server, fit for a message. */
  redact(text: string): string {
    return readableText(text, this.#credentials.secrets);
  }

  async #send(
    axios: Axios,
    request: HttpRequest,
    headers: Record<string, string>,
    body: Buffer | RequestBody | undefined,
    hold: boolean,
    time: RequestTime,
  ): Promise<HttpResponse> {
    const exchange = new Exchange(body, hold, time, request.beforeEnd);
    time.beforeEnd = () => exchange.spoil();
    let proxyFailure: HttpProxyError | undefined;
    const limit = request.maxAnswerBytes ?? SHORT_ANSWER_BYTES;
    let response: HttpResponse;
    let isWhole: boolean;
    try {
      const {
        status,
        headers: given,
        data,
      } = await axios.request<Readable>({
        adapter: 'http',
        method: request.method,
        url:
          this.#endpoint.url +
          request.path +
          (request.query ? `?${new URLSearchParams(request.query).toString()}` : ''),
        headers,
        data: exchange.upload,
        responseType: 'stream',
        validateStatus: () => true,
        maxRedirects: 0,
        proxy: false,
        signal: time.signal,
        transport: exchange.through(this.#sender),
        ...this.#agents(time.signal, (failure) => (proxyFailure = failure)),
      });
      const answer = await answerText(data, limit);
      response = { status, headers: Object.fromEntries(plainHeaders(given)), body: answer.text };
      isWhole = answer.isWhole;
    } catch (error) {
      if (exchange.sourceFailure) throw exchange.sourceFailure.error;
      const isTooLate = time.signal.aborted || time.isOver;
      if (isTooLate) throw this.#timeoutError(exchange, request.signal);
      throw proxyFailure ?? connectionError(this.#server, error);
    } finally {
      exchange.close();
    }
    if (response.status < 300 && !isWhole) {
      throw new HttpConnectionError(`${this.#server} answered with more than ${limit / MIB} MiB`, 'ANSWER_TOO_LONG');
    }
    if (response.status < 300 && exchange.stage !== 'sent') {
      const message = `${this.#server} answered ${response.status} before it had the request's body`;
      throw new HttpConnectionError(message, 'BODY_NOT_TAKEN');
    }
    return response;
  }

  #headersOf(
    request: HttpRequest,
    login: SentHeaders,
    body: Buffer | RequestBody | undefined,
    hold: boolean,
  ): Record<string, string> {
    return {
      ...login,
      ...request.headers,
      ...(request.form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(Buffer.isBuffer(body) && { 'content-length': String(body.length) }),
      ...(hold && { expect: '100-continue' }),
    };
  }

  #timeoutError({ stage, isConnected }: Exchange, givenUp?: AbortSignal): HttpTimeoutError | HttpProxyError {
    const isGivenUp = givenUp?.aborted === true;
    if (this.#proxy !== undefined && !isConnected) {
      return this.#proxy.late(isGivenUp ? 'before the request was given up' : `within ${this.#endpoint.timeoutMs} ms`);
    }
    if (isGivenUp) {
      return new HttpTimeoutError(`${this.#server} had not answered when the request was given up`);
    }
    const span = `within ${this.#endpoint.timeoutMs} ms`;
    switch (stage) {
      case 'held':
        return new HttpTimeoutError(
          `${this.#server} did not answer ${span}: it never sent 100 Continue. ` +
            'It is frozen, or a proxy before it does not know Expect: only then set pushgateway.expectContinue to false',
        );
      case 'sending':
        return new HttpTimeoutError(`${this.#server} did not get the whole request ${span}`);
      default:
        return new HttpTimeoutError(`${this.#server} did not answer ${span}`);
    }
  }
}

/** axios gives repeated headers as an array. */
function* plainHeaders(headers: object): Generator<[name: string, value: string]> {
  for (const [name, value] of Object.entries(headers)) yield [name, String(value)];
}

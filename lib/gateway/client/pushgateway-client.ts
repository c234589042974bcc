import { PackageLogger } from '../../log/package-logger.js';
import { ConfigurationError, GatewayResponseError } from '../../errors/index.js';
import {
  endpointOf,
  HttpClient,
  type HttpRequest,
  type HttpResponse,
  LONG_ANSWER_BYTES,
  type RequestBody,
} from '../../http/index.js';
import {
  type Endpoint,
  type EndpointOptions,
  PUSHGATEWAY,
  PUSHGATEWAY_PORT,
  type PushgatewayOptions,
  type PushTransport,
  withDefaults,
} from '../../options/index.js';
import { type BothFormats, type ExpositionText, gzippedBody, plainBody } from './exposition-body.js';
import { type GatewayContents, parseContents } from './gateway-contents.js';
import { GATEWAY_HEADER, isGatewayName } from './gateway-name.js';
import { type GatewayStatus, readStatus } from './gateway-status.js';
import { type GroupingKey, groupingPath } from './grouping-key.js';
import { gzippedMessages, plainMessages } from './message-body.js';
import { type BodyFormat, CONTENT_TYPES, FormatOfGateway } from './push-format.js';
import { refusal } from './refusal.js';
import { mayBeVictoriaMetrics, victoriaMetrics } from './victoria-metrics.js';

/** How to reach one Pushgateway and how to push to it. */
export interface PushgatewayClientOptions
  extends EndpointOptions, Pick<PushgatewayOptions, 'format' | 'gzip' | 'expectContinue'> {
  /**
   * `host:port`, or a URL with scheme and base path.
   * @defaultValue that of `pushgateway.host`
   */
  host?: string;
  /**
   * Behind a load balancer that names its gateways in the header `x-pushgateway` of every answer, as
   * `docker/haproxy/haproxy.cfg` does: the name of the one to talk to.
   * @defaultValue none: the balancer chooses
   */
  gateway?: string;
}

/** 202: a gateway that does not check consistency. */
const DONE = [200, 202];
const STATUS = '/api/v1/status';
const DELETED = [202];

/** HAProxy writes this where no gateway answered. */
const NO_NAME = '<NOSRV>';
const START_TIME = /"start_time"\s*:\s*"([^"]+)"/;

/** Who answers at an address. */
export interface GatewayIdentity {
  /** What a balancer calls it, if one stands there that names its gateways. */
  readonly name: string | undefined;
  /**
   * When its process began, to the nanosecond and as it says it: no two are alike. Undefined if it does not tell, as through
   * a proxy that allows pushes only.
   */
  readonly startedAt: string | undefined;
}

/** What a balancer answers itself when a gateway does not. */
const BALANCER_FAILURES = [502, 503, 504];

/**
 * One Pushgateway, usable without Nest:
 *
 * ```ts
 * const gateway = new PushgatewayClient({ host: 'pushgateway:9091' });
 * await gateway.push({ job: 'shop', instance: 'localhost' }, '# TYPE orders_total counter\norders_total 3\n');
 * ```
 *
 * Every method may throw
 * - GatewayResponseError: the gateway, or a proxy before it, refused; `reason` has its own words;
 * - HttpConnectionError: no HTTP answer came;
 * - HttpTimeoutError: it did not come in time. A push given up is not applied later, unless `expectContinue` is off.
 */
export class PushgatewayClient {
  readonly #http: HttpClient;
  readonly #transport: Omit<PushTransport, 'format'>;
  readonly #format: FormatOfGateway;
  readonly #headers: Readonly<Record<string, string>>;
  #hasWarnedOfName = false;
  /** It may have looked like something else: it has been asked, and is none. */
  #isNoOther = false;

  /** @throws ConfigurationError for what is no address, and for credentials that cannot be sent. */
  constructor(options: PushgatewayClientOptions = {}) {
    const { host, format, gzip, expectContinue } = withDefaults(PUSHGATEWAY, options);
    const { gateway } = options;
    if (gateway !== undefined && !isGatewayName(gateway)) {
      throw new ConfigurationError(
        `Invalid gateway: expected the name of one as its balancer writes it, got ${JSON.stringify(gateway)}`,
      );
    }
    const service = gateway === undefined ? 'Pushgateway' : `Pushgateway ${gateway} behind`;
    this.#http = new HttpClient(endpointOf(host, options, PUSHGATEWAY_PORT), service);
    this.#transport = { gzip, expectContinue };
    this.#format = new FormatOfGateway(format);
    this.#headers = gateway === undefined ? {} : { [GATEWAY_HEADER]: gateway };
  }

  /** @internal A client for options that are resolved already. */
  static of(endpoint: Endpoint & PushTransport, gateway?: string): PushgatewayClient {
    return new PushgatewayClient({ ...endpoint, host: endpoint.url, ...(gateway !== undefined && { gateway }) });
  }

  /** Address of the gateway, without credentials: `http://pushgateway:9091`. */
  get address(): string {
    return this.#http.url;
  }

  /**
   * Replaces the whole group (PUT). A text without samples empties it.
   * @param text What is given as text alone is sent as that, whatever the format is to be.
   * @param signal Gives the push up when it is aborted, as a time-out does.
   * @param beforeEnd Called before the last bytes go: what it throws ends the push, which then is not applied.
   * @returns name of the gateway that took it, if a load balancer names it.
   */
  push(
    key: GroupingKey,
    text: ExpositionText | BothFormats,
    signal?: AbortSignal,
    beforeEnd?: () => Promise<void>,
  ): Promise<string | undefined> {
    return this.#send('PUT', key, text, signal, beforeEnd);
  }

  /**
   * Replaces the families that the text names and keeps the others of the group (POST).
   * @param signal Gives the push up when it is aborted, as a time-out does.
   * @param beforeEnd Called before the last bytes go: what it throws ends the push, which then is not applied.
   * @returns name of the gateway that took it, if a load balancer names it.
   */
  pushAdd(
    key: GroupingKey,
    text: ExpositionText | BothFormats,
    signal?: AbortSignal,
    beforeEnd?: () => Promise<void>,
  ): Promise<string | undefined> {
    return this.#send('POST', key, text, signal, beforeEnd);
  }

  /** Removes the group with exactly these labels; fine if there is none. */
  async delete(key: GroupingKey): Promise<void> {
    await this.#request(
      { method: 'DELETE', path: groupingPath(key) },
      `the deletion of job ${JSON.stringify(key.job)}`,
      DELETED,
    );
  }

  /** What the gateway says of itself. */
  async status(): Promise<GatewayStatus> {
    return readStatus(
      this.#http,
      await this.#request({ method: 'GET', path: STATUS }, STATUS),
      await this.#ask({ method: 'GET', path: '/-/ready' }),
    );
  }

  /** What it shows to Prometheus, told by its groups. */
  async contents(): Promise<GatewayContents> {
    const { flags } = await this.status();
    const path = flags['web.telemetry-path'] ?? '/metrics';
    const page = await this.#request({ method: 'GET', path, maxAnswerBytes: LONG_ANSWER_BYTES }, 'to show its metrics');
    return parseContents(page.body);
  }

  /**
   * Name of the gateway that a push of this group would reach, if a load balancer stands before it that names its
   * gateways; undefined if none does. Changes nothing: a gateway refuses a GET of that path.
   * @param signal Gives the question up when it is aborted, as a time-out does.
   */
  async locate(key: GroupingKey, signal?: AbortSignal): Promise<string | undefined> {
    const response = await this.#ask({ method: 'GET', path: groupingPath(key), ...(signal && { signal }) });
    const name = this.#nameIn(response);
    if (name !== undefined) return name;
    if (response.status < 300) {
      const other = victoriaMetrics(response, []);
      throw this.#isOther(response, other ?? `is no Pushgateway: it answers a GET of a group with ${response.status}`);
    }
    if (!BALANCER_FAILURES.includes(response.status)) return undefined;
    throw refusal(this.#http, response, `to say which gateway has job ${JSON.stringify(key.job)}`);
  }

  /**
   * Who answers here. Changes nothing.
   * @param signal Gives the question up when it is aborted, as a time-out does.
   */
  async identify(signal?: AbortSignal): Promise<GatewayIdentity> {
    const response = await this.#ask({ method: 'GET', path: STATUS, ...(signal && { signal }) });
    if (BALANCER_FAILURES.includes(response.status)) throw refusal(this.#http, response, 'to say which gateway it is');
    return { name: this.#nameIn(response), startedAt: START_TIME.exec(response.body)?.[1] };
  }

  /** In the format that the gateway takes, as far as that is known. */
  async #send(
    method: 'PUT' | 'POST',
    key: GroupingKey,
    exposition: ExpositionText | BothFormats,
    signal?: AbortSignal,
    beforeEnd?: () => Promise<void>,
  ): Promise<string | undefined> {
    const push = {
      method,
      path: groupingPath(key),
      ...(beforeEnd && { beforeEnd }),
      ...(signal && { signal }),
    };
    const { gzip } = this.#transport;
    const { address } = this;
    const send = (format: BodyFormat, body: RequestBody | Promise<Buffer>): Promise<string | undefined> =>
      this.#sendAs(format, body, push, `the push of job ${JSON.stringify(key.job)}`);
    const { text, protobuf } = isBoth(exposition) ? exposition : { text: exposition };
    const sendText = () => send('text', gzip ? gzippedBody(text, address) : plainBody(text, address));
    if (protobuf === undefined || this.#format.next === 'text') return sendText();
    try {
      return await send('protobuf', gzip ? gzippedMessages(protobuf, address) : plainMessages(protobuf, address));
    } catch (error) {
      if (!this.#format.mayTakeText(error)) throw this.#format.explained(error);
      const name = await sendText();
      if (this.#format.noteTextOnly()) {
        const { status, reason } = error as GatewayResponseError;
        new PackageLogger().warn(
          `${this.#http.server} refuses protobuf (${status}: ${reason}), and takes the same as text, which it gets from now on`,
        );
      }
      return name;
    }
  }

  async #sendAs(
    format: BodyFormat,
    body: RequestBody | Promise<Buffer>,
    push: Omit<HttpRequest, 'headers' | 'body'>,
    what: string,
  ): Promise<string | undefined> {
    const { gzip, expectContinue } = this.#transport;
    const headers = { 'content-type': CONTENT_TYPES[format], ...(gzip && { 'content-encoding': 'gzip' }) };
    const response = await this.#request({ ...push, headers, body: await body, expectContinue }, what);
    await this.#requireNoOther(response);
    return this.#nameIn(response);
  }

  /** What takes a push as a Pushgateway does may still be something else. */
  async #requireNoOther(response: HttpResponse): Promise<void> {
    if (this.#isNoOther || !mayBeVictoriaMetrics(response)) return;
    const answer = await this.#ask({ method: 'GET', path: STATUS }).catch(() => undefined);
    const other = answer && victoriaMetrics(answer, [200]);
    if (other !== undefined) throw this.#isOther(response, other);
    // Asked again later, if there was no answer.
    this.#isNoOther = answer !== undefined;
  }

  #isOther({ status }: HttpResponse, other: string): GatewayResponseError {
    return new GatewayResponseError(`${this.#http.server} ${other}`, status, other);
  }

  async #request(request: HttpRequest, what: string, expected: readonly number[] = DONE): Promise<HttpResponse> {
    const response = await this.#ask(request);
    const other = victoriaMetrics(response, expected);
    if (other !== undefined) throw this.#isOther(response, other);
    if (expected.includes(response.status)) return response;
    if (response.status < 300)
      throw this.#isOther(response, `is no Pushgateway: it answers ${what} with ${response.status}`);
    throw refusal(this.#http, response, what);
  }

  #ask(request: HttpRequest): Promise<HttpResponse> {
    return this.#http.request({ ...request, headers: { ...this.#headers, ...request.headers } });
  }

  /** What cannot be sent back in a header is no name: a proxy may use the header for something else. */
  #nameIn({ headers }: HttpResponse): string | undefined {
    const name = headers[GATEWAY_HEADER];
    if (name === undefined || name === '' || name === NO_NAME) return undefined;
    if (isGatewayName(name)) return name;
    if (!this.#hasWarnedOfName) {
      this.#hasWarnedOfName = true;
      new PackageLogger().warn(
        `${this.#http.server} answers with a header ${GATEWAY_HEADER} that names no gateway, which is ignored: expected the ` +
          `name of one, without spaces, got ${JSON.stringify(this.#http.redact(name))}`,
      );
    }
    return undefined;
  }
}

function isBoth(exposition: ExpositionText | BothFormats): exposition is BothFormats {
  return typeof exposition === 'object';
}

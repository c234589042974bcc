import { PackageLogger } from '../../log/package-logger.js';
import { ConfigurationError, GatewayResponseError } from '../../errors/index.js';
import { endpointOf, HttpClient, type HttpRequest, LONG_ANSWER_BYTES, type RequestBody } from '../../http/index.js';
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
import { AS_TEXT, type GatewayContents, parseContents } from './gateway-contents.js';
import { isGatewayName } from './gateway-header.js';
import { GatewayRequests } from './gateway-requests.js';
import { type GatewayStatus, readStatus, startTimeIn, STATUS_PATH } from './gateway-status.js';
import { type GroupingKey, groupingPath } from './grouping-key.js';
import { gzippedMessages, plainMessages } from './protobuf-body.js';
import { type BodyFormat, CONTENT_TYPES, FormatOfGateway } from './push-format.js';
import { refusal } from './refusal.js';
import { checkedNames } from './utf8-names.js';
import { victoriaMetrics } from './victoria-metrics.js';

/** How to reach one Pushgateway and how to push to it. */
export interface PushgatewayClientOptions
  extends EndpointOptions, Pick<PushgatewayOptions, 'format' | 'gzip' | 'expectContinue' | 'utf8Names'> {
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

const DELETED = [202];

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
  readonly #requests: GatewayRequests;
  readonly #transport: Omit<PushTransport, 'format'>;
  readonly #format: FormatOfGateway;
  readonly #utf8Names: boolean;

  /** @throws ConfigurationError for what is no address, and for credentials that cannot be sent. */
  constructor(options: PushgatewayClientOptions = {}) {
    const { host, format, gzip, expectContinue, utf8Names } = withDefaults(PUSHGATEWAY, options);
    const { gateway } = options;
    if (gateway !== undefined && !isGatewayName(gateway)) {
      throw new ConfigurationError(
        `Invalid gateway: expected the name of one as its balancer writes it, got ${JSON.stringify(gateway)}`,
      );
    }
    const service = gateway === undefined ? 'Pushgateway' : `Pushgateway ${gateway} behind`;
    this.#requests = new GatewayRequests(new HttpClient(endpointOf(host, options, PUSHGATEWAY_PORT), service), gateway);
    this.#transport = { gzip, expectContinue };
    this.#format = new FormatOfGateway(format);
    this.#utf8Names = utf8Names;
  }

  /** @internal A client for options that are resolved already. */
  static of(endpoint: Endpoint & PushTransport, gateway?: string): PushgatewayClient {
    // Names have been checked, or are those of a process with other options.
    const utf8Names = true;
    return new PushgatewayClient({
      ...endpoint,
      host: endpoint.url,
      utf8Names,
      ...(gateway !== undefined && { gateway }),
    });
  }

  /** Address of the gateway, without credentials: `http://pushgateway:9091`. */
  get address(): string {
    return this.#requests.http.url;
  }

  /**
   * Replaces the whole group (PUT). A text without samples empties it.
   * @param text Text alone is sent as text, whatever `format` says.
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
    await this.#requests.require(
      { method: 'DELETE', path: this.#pathOf(key) },
      `the deletion of job ${JSON.stringify(key.job)}`,
      DELETED,
    );
  }

  /** What the gateway says of itself. */
  async status(): Promise<GatewayStatus> {
    return readStatus(
      this.#requests.http,
      await this.#requests.require({ method: 'GET', path: STATUS_PATH }, STATUS_PATH),
      await this.#requests.ask({ method: 'GET', path: '/-/ready' }),
    );
  }

  /** What it shows to Prometheus, and of which groups. */
  async contents(): Promise<GatewayContents> {
    const { flags } = await this.status();
    const path = flags['web.telemetry-path'] ?? '/metrics';
    const page = await this.#requests.require(
      { method: 'GET', path, maxAnswerBytes: LONG_ANSWER_BYTES, headers: { accept: AS_TEXT } },
      'to show its metrics',
    );
    return parseContents(page.body);
  }

  /**
   * Name of the gateway that a push of this group would reach, if a load balancer stands before it that names its
   * gateways; undefined if none does. Changes nothing: a gateway refuses a GET of that path.
   * @param signal Gives the question up when it is aborted, as a time-out does.
   */
  async locate(key: GroupingKey, signal?: AbortSignal): Promise<string | undefined> {
    const response = await this.#requests.ask({ method: 'GET', path: this.#pathOf(key), ...(signal && { signal }) });
    const name = this.#requests.nameIn(response);
    if (name !== undefined) return name;
    if (response.status < 300) {
      const other = victoriaMetrics(response, []);
      throw this.#requests.isOther(
        response,
        other ?? `is no Pushgateway: it answers a GET of a group with ${response.status}`,
      );
    }
    if (!BALANCER_FAILURES.includes(response.status)) return undefined;
    throw refusal(this.#requests.http, response, `to say which gateway has job ${JSON.stringify(key.job)}`);
  }

  /**
   * Who answers here. Changes nothing.
   * @param signal Gives the question up when it is aborted, as a time-out does.
   */
  async identify(signal?: AbortSignal): Promise<GatewayIdentity> {
    const response = await this.#requests.ask({ method: 'GET', path: STATUS_PATH, ...(signal && { signal }) });
    if (BALANCER_FAILURES.includes(response.status))
      throw refusal(this.#requests.http, response, 'to say which gateway it is');
    return { name: this.#requests.nameIn(response), startedAt: startTimeIn(response.body) };
  }

  #pathOf(key: GroupingKey): string {
    return groupingPath(key, this.#utf8Names);
  }

  /** Sends in the format that the gateway takes, as far as that is known. */
  async #send(
    method: 'PUT' | 'POST',
    key: GroupingKey,
    exposition: ExpositionText | BothFormats,
    signal?: AbortSignal,
    beforeEnd?: () => Promise<void>,
  ): Promise<string | undefined> {
    const push = {
      method,
      path: this.#pathOf(key),
      ...(beforeEnd && { beforeEnd }),
      ...(signal && { signal }),
    };
    const { gzip } = this.#transport;
    const { address } = this;
    const send = (format: BodyFormat, body: RequestBody | Promise<Buffer>): Promise<string | undefined> =>
      this.#sendAs(format, body, push, `the push of job ${JSON.stringify(key.job)}`);
    const names = await checkedNames(this.#requests, key, exposition, signal);
    const { text, protobuf } = names.allowed;
    const sendText = () => send('text', gzip ? gzippedBody(text, address) : plainBody(text, address));
    if (protobuf === undefined || this.#format.next === 'text') return sendText().catch(names.failed);
    try {
      return await send('protobuf', gzip ? gzippedMessages(protobuf, address) : plainMessages(protobuf, address));
    } catch (error) {
      if (!this.#format.mayTakeText(error)) throw this.#format.explained(error);
      const name = await sendText();
      if (this.#format.noteTextOnly()) {
        const { status, reason } = error as GatewayResponseError;
        new PackageLogger().warn(
          `${this.#requests.http.server} refuses protobuf (${status}: ${reason}), and takes the same as text, which it gets from now on`,
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
    const response = await this.#requests.require({ ...push, headers, body: await body, expectContinue }, what);
    await this.#requests.requirePushgateway(response);
    return this.#requests.nameIn(response);
  }
}

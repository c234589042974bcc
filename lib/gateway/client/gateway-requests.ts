import { GatewayResponseError } from '../../errors/index.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../http/index.js';
import { PackageLogger } from '../../log/package-logger.js';
import { GATEWAY_HEADER, gatewayIn } from './gateway-header.js';
import { STATUS_PATH } from './gateway-status.js';
import { refusal } from './refusal.js';
import { mayBeVictoriaMetrics, victoriaMetrics } from './victoria-metrics.js';

/** 202: a gateway that does not check consistency. */
const DONE = [200, 202];

/** Requests to one Pushgateway, by its name if a balancer stands before it; an answer that no Pushgateway gives is an error. */
export class GatewayRequests {
  readonly #headers: Readonly<Record<string, string>>;
  #hasWarnedOfName = false;
  /** We have checked: it is not VictoriaMetrics. */
  #isNoVictoriaMetrics = false;

  /** @param gateway What its balancer calls it. Default: the balancer chooses. */
  constructor(
    readonly http: HttpClient,
    gateway?: string,
  ) {
    this.#headers = gateway === undefined ? {} : { [GATEWAY_HEADER]: gateway };
  }

  /** Gives whatever is answered. */
  ask(request: HttpRequest): Promise<HttpResponse> {
    return this.http.request({ ...request, headers: { ...this.#headers, ...request.headers } });
  }

  /**
   * @param what The request in words, for messages.
   * @throws GatewayResponseError for any status but those expected.
   */
  async require(request: HttpRequest, what: string, expected: readonly number[] = DONE): Promise<HttpResponse> {
    const response = await this.ask(request);
    const other = victoriaMetrics(response, expected);
    if (other !== undefined) throw this.isOther(response, other);
    if (expected.includes(response.status)) return response;
    if (response.status < 300) {
      throw this.isOther(response, `is no Pushgateway: it answers ${what} with ${response.status}`);
    }
    throw refusal(this.http, response, what);
  }

  /**
   * VictoriaMetrics takes a push as a Pushgateway does. Where an answer may be its own, asks once more.
   * @throws GatewayResponseError if it is VictoriaMetrics.
   */
  async requirePushgateway(response: HttpResponse): Promise<void> {
    if (this.#isNoVictoriaMetrics || !mayBeVictoriaMetrics(response)) return;
    const answer = await this.ask({ method: 'GET', path: STATUS_PATH }).catch(() => undefined);
    const other = answer && victoriaMetrics(answer, [200]);
    if (other !== undefined) throw this.isOther(response, other);
    // Without an answer the next push asks again.
    this.#isNoVictoriaMetrics = answer !== undefined;
  }

  /** The error for a server that is no Pushgateway. */
  isOther({ status }: HttpResponse, other: string): GatewayResponseError {
    return new GatewayResponseError(`${this.http.server} ${other}`, status, other);
  }

  /** Name of the gateway that answered, if a balancer says so. Warns once of a header that can be no name. */
  nameIn(response: HttpResponse): string | undefined {
    const { name, unusable } = gatewayIn(response);
    if (unusable !== undefined && !this.#hasWarnedOfName) {
      this.#hasWarnedOfName = true;
      new PackageLogger().warn(
        `${this.http.server} answers with a header ${GATEWAY_HEADER} that names no gateway, which is ignored: expected the ` +
          `name of one, without spaces, got ${JSON.stringify(this.http.redact(unusable))}`,
      );
    }
    return name;
  }
}

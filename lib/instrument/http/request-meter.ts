import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { GaugeChild, MetricsService } from '../../metrics/index.js';
import type { HttpInstrumentOptions, HttpLabel } from '../../options/index.js';
import { ActiveRequests } from './active-requests.js';
import { isAborted } from './aborted.js';
import { furtherLabels } from './further-labels.js';
import { PRESETS } from './presets.js';
import { SeriesFinder } from './request-series.js';
import { requestBytes, responseBytes } from './sizes.js';

/** Other methods, which clients may invent, are one. */
const METHODS: ReadonlySet<string> = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '));
const OTHER_METHOD = '_OTHER';

/** What is known of a request from its beginning on. */
interface Beginning {
  readonly meter: RequestMeter;
  readonly request: IncomingMessage;
  readonly routeOf: (request: IncomingMessage) => string;
  readonly begun: number;
  readonly method: string;
  readonly isSecure: boolean;
  readonly active: GaugeChild;
  /** Bytes that its connection had sent before. */
  readonly written: number;
}

const BEGINNING = Symbol('beginning');

/** A response that is being measured, or, with `null`, that has been. */
interface Measured extends ServerResponse {
  [BEGINNING]?: Beginning | null;
}

/** Measures requests from when the server has their head until their response is done. */
export class RequestMeter {
  readonly #series: SeriesFinder;
  readonly #active: ActiveRequests;
  readonly #labels: readonly (readonly [string, HttpLabel])[];
  readonly #hasSizes: boolean;

  /** @throws MetricClashError, MetricDefinitionError */
  constructor(metrics: MetricsService, options: HttpInstrumentOptions) {
    const preset = PRESETS[options.preset ?? 'opentelemetry'];
    this.#series = new SeriesFinder(metrics, preset, options);
    this.#active = new ActiveRequests(metrics, preset);
    this.#labels = Object.entries(options.labels ?? {});
    this.#hasSizes = options.sizes ?? false;
  }

  /**
   * Measures a request, once, however often it is told of it.
   * @param routeOf Asked when the response is done; the template of the request's route, or an empty text.
   */
  begin(request: IncomingMessage, response: Measured, routeOf: (request: IncomingMessage) => string): void {
    if (response[BEGINNING] !== undefined) return;
    const socket = request.socket as Partial<TLSSocket> | undefined;
    const method = METHODS.has(request.method as string) ? (request.method as string) : OTHER_METHOD;
    const isSecure = socket?.encrypted === true;
    const active = this.#active.of(method, isSecure);
    const written = this.#hasSizes ? (socket?.bytesWritten ?? 0) : 0;
    active.inc();
    const begun = performance.now();
    response[BEGINNING] = { meter: this, request, routeOf, begun, method, isSecure, active, written };
    response.on('finish', end);
    response.on('close', end);
  }

  /** @internal */
  end({ request, routeOf, begun, method, isSecure, active, written }: Beginning, response: ServerResponse): void {
    const seconds = (performance.now() - begun) / 1_000;
    active.dec();
    const status = response.headersSent ? response.statusCode : undefined;
    const outcome = { method, route: routeOf(request), status, isAborted: isAborted(request, response), isSecure };
    const further = this.#labels.length > 0 ? furtherLabels(this.#labels, request, response) : undefined;
    const series = this.#series.find(outcome, further);
    if (series === undefined) return;
    series.duration.observe(seconds);
    if (!this.#hasSizes) return;
    observe(series.requestSize, requestBytes(request));
    observe(series.responseSize, responseBytes(request, response, written));
  }
}

/**
 * Ends the measuring of a response, once: at `close` where the client went away, otherwise at `finish`, after which a response that no
 * server of Node has made is never closed. One listener for all: no request pays for one of its own.
 */
function end(this: Measured): void {
  const beginning = this[BEGINNING];
  if (!beginning) return;
  this[BEGINNING] = null;
  beginning.meter.end(beginning, this);
}

function observe(size: { observe(value: number): void } | undefined, bytes: number | undefined): void {
  if (bytes !== undefined) size?.observe(bytes);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { GaugeChild, MetricsService } from '../../metrics/index.js';
import type { HttpInstrumentOptions, HttpLabel } from '../../options/index.js';
import { ActiveRequests } from './active-requests.js';
import { furtherLabels } from './further-labels.js';
import { PRESETS } from './presets.js';
import { SeriesFinder } from './request-series.js';
import { sentHeader } from './response-head.js';
import { requestBytes, responseBytes } from './sizes.js';

/** Other methods, which clients may invent, are one. */
const METHODS: ReadonlySet<string> = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '));
const OTHER_METHOD = '_OTHER';

/** Set on a response that is being measured. */
const BEGUN = Symbol('begun');

interface Measured extends ServerResponse {
  [BEGUN]?: true;
}

/** What is known of a request when it begins. */
interface Beginning {
  readonly begun: number;
  readonly method: string;
  readonly isSecure: boolean;
  readonly active: GaugeChild;
  /** Bytes that its connection had sent before. */
  readonly written: number;
}

/** Measures requests from when the server has their head until their response is closed. */
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
   * @param routeOf Asked when the response is closed; the template of the request's route, or an empty text.
   */
  begin(request: IncomingMessage, response: Measured, routeOf: (request: IncomingMessage) => string): void {
    if (response[BEGUN]) return;
    response[BEGUN] = true;
    const { socket } = request;
    const method = METHODS.has(request.method as string) ? (request.method as string) : OTHER_METHOD;
    const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
    const active = this.#active.of(method, isSecure);
    const written = this.#hasSizes ? socket.bytesWritten : 0;
    active.inc();
    const beginning = { begun: performance.now(), method, isSecure, active, written };
    // It comes after success, error and a client that went away alike, when the status is known.
    response.on('close', () => {
      this.#end(request, response, routeOf(request), beginning);
    });
  }

  #end(request: IncomingMessage, response: ServerResponse, route: string, beginning: Beginning): void {
    const { begun, method, isSecure, active, written } = beginning;
    const seconds = (performance.now() - begun) / 1_000;
    active.dec();
    const status = response.headersSent ? response.statusCode : undefined;
    const outcome = { method, route, status, isAborted: isAborted(request, response), isSecure };
    const further = this.#labels.length > 0 ? furtherLabels(this.#labels, request, response) : undefined;
    const series = this.#series.find(outcome, further);
    if (series === undefined) return;
    series.duration.observe(seconds);
    if (!this.#hasSizes) return;
    observe(series.requestSize, requestBytes(request));
    observe(series.responseSize, responseBytes(request, response, written));
  }
}

/** Whether the client went before it had all. Events have no end but that. */
function isAborted({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (response.writableFinished || (response.writableEnded && !socket.destroyed)) return false;
  return !sentHeader(response, 'content-type')?.startsWith('text/event-stream');
}

function observe(size: { observe(value: number): void } | undefined, bytes: number | undefined): void {
  if (bytes !== undefined) size?.observe(bytes);
}

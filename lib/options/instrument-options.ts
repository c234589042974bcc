import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is measured without a line in the application: each is off until it is switched on, and then loaded. */
export interface InstrumentOptions {
  /**
   * Every request that this application answers, with Express and Fastify.
   * @defaultValue `false`
   */
  http?: boolean | HttpInstrumentOptions;
  /**
   * Every run of a method with `@Cron`, `@Interval` or `@Timeout`.
   * @defaultValue `false`
   */
  schedule?: boolean;
  /**
   * Every call of a method with `@MessagePattern` or `@EventPattern`.
   * @defaultValue `false`
   */
  handlers?: boolean;
  /**
   * Every job of every worker of BullMQ, and how many jobs are in which state.
   * @defaultValue `false`
   */
  bullmq?: boolean | BullmqInstrumentOptions;
  /**
   * This process itself: event loop, garbage collection, memory, processor, handles, under the names that prom-client has for them.
   * @defaultValue `false`
   */
  process?: boolean | ProcessInstrumentOptions;
}

/** How requests are measured. */
export interface HttpInstrumentOptions {
  /**
   * Names, labels and buckets: OpenTelemetry's conventions (`http_server_request_duration_seconds`), or those that users of
   * prom-client have (`http_request_duration_seconds{method,route,status_code}`).
   * @defaultValue `'opentelemetry'`
   */
  preset?: HttpPreset;
  /**
   * Upper bounds of the duration's buckets, in seconds.
   * @defaultValue those of the preset
   */
  buckets?: readonly number[];
  /**
   * Measure how large requests and responses are too, in bytes: two more histograms.
   * @defaultValue `false`
   */
  sizes?: boolean;
  /**
   * Routes that are not measured, as templates with their prefix: `'/health'`, or a pattern such as `/^\/internal/`.
   * @defaultValue none
   */
  ignore?: readonly (string | RegExp)[];
  /**
   * Further labels of the duration, each with the function that reads it when the response is done. Values must be few: each makes series.
   * One that throws or gives nothing is the empty text.
   * @defaultValue none
   */
  labels?: Readonly<Record<string, HttpLabel>>;
}

/** How jobs of BullMQ are measured. */
export interface BullmqInstrumentOptions {
  /**
   * Count each name of jobs by itself, in the label `job_name`. Names must be few: each makes series.
   * @defaultValue `false`
   */
  jobNames?: boolean;
  /**
   * Upper bounds of the buckets of durations and waiting times, in seconds.
   * @defaultValue from 10 ms to an hour
   */
  buckets?: readonly number[];
  /**
   * The class `Worker` of `bullmq`, where workers are made without `BullModule` of `@nestjs/bullmq`.
   * @defaultValue that of `BullModule`
   */
  workerClass?: abstract new (...args: never[]) => object;
}

/** How the process is measured. */
export interface ProcessInstrumentOptions {
  /**
   * Stands before each name, such as `'shop_'`.
   * @defaultValue `''`
   */
  prefix?: string;
  /**
   * Further labels of each metric, such as `{ region: 'eu' }`. The process itself is told by the grouping label `process`.
   * @defaultValue none
   */
  labels?: Readonly<Record<string, string | number>>;
}

/** Whose names, labels and buckets metrics of requests have. */
export type HttpPreset = 'opentelemetry' | 'prom-client';

/** Reads a label of Node's request and response; with Express they are Express' own. At once: a promise gives the empty text. */
export type HttpLabel = (request: IncomingMessage, response: ServerResponse) => string | number | undefined;

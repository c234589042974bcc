import type { PushResult } from '../../model/index.js';

/** The group that an event is about. */
export interface EventGroup {
  /** The value of the label `job`. */
  readonly job: string;
  /** The value of the label `instance`. */
  readonly instance: string;
  /** Further grouping labels. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Happened {
  /** When this process noticed it. */
  readonly at: Date;
  readonly group: EventGroup;
}

/** A push of this process has ended: its {@link PushResult.outcome} is the type. */
export interface PushEvent extends Happened {
  readonly type: PushResult['outcome'];
  readonly result: PushResult;
}

/** A group has left a gateway for another. */
export interface MovedEvent extends Happened {
  readonly type: 'moved';
  /** Addresses of gateways. */
  readonly from: string;
  readonly to: string;
}

/** Values begin to wait: for a gateway that is out of reach and still scraped, or for Redis. Nothing is lost. */
export interface DelayedEvent extends Happened {
  readonly type: 'delayed';
  readonly by: 'gateway' | 'store';
  /** What is out of reach, without credentials. */
  readonly address: string;
}

/** What this process counts of a metric is kept apart: living processes have it with another type, labels or buckets. */
export interface ClashedEvent extends Happened {
  readonly type: 'clashed';
  readonly metric: string;
  /** What it is in this process, for people. */
  readonly shape: string;
}

/** A metric has passed a limit, for the first time in this process: further label sets are counted together. */
export interface OverflowedEvent extends Happened {
  readonly type: 'overflowed';
  readonly metric: string;
  /** Which limit, for people. */
  readonly reason: string;
}

/** What an earlier event has said is over. */
export interface RecoveredEvent extends Happened {
  readonly type: 'recovered';
  /** The type of that event. */
  readonly from: 'failed' | 'delayed' | 'clashed';
  /** The metric that was `clashed`; otherwise the address of the gateway or store. */
  readonly what: string;
}

/** What becomes of the metrics of this process. */
export type MetricsEvent = PushEvent | MovedEvent | DelayedEvent | ClashedEvent | OverflowedEvent | RecoveredEvent;

/** Without what all events have. */
export type Happening = MetricsEvent extends infer Event
  ? Event extends MetricsEvent
    ? Omit<Event, 'at' | 'group'>
    : never
  : never;

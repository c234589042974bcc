export type {
  ClashedEvent,
  DelayedEvent,
  EventGroup,
  MetricsEvent,
  MovedEvent,
  OverflowedEvent,
  PushEvent,
  RecoveredEvent,
} from './event.js';
export { MetricsEvents } from './metrics-events.js';

import { Injectable } from '@nestjs/common';
import type { Subscriber } from 'rxjs';
import type { Group, PushResult } from '../../model/index.js';
import type { Happening, MetricsEvent } from './event.js';
import { Guarded } from './guarded.js';

/**
 * What becomes of the metrics of this process, as an observable of rxjs: inject it, and subscribe. It tells what happens from then on, at
 * once, and completes when the application has ended. A listener that throws, or whose promise rejects, is logged and harms nobody; one
 * that takes long holds the event loop up.
 *
 * @example
 * ```ts
 * events.pipe(filter(({ type }) => type === 'failed')).subscribe((event) => pager.call(event));
 * ```
 */
@Injectable()
export class MetricsEvents extends Guarded<MetricsEvent> {
  readonly #listeners: Set<Subscriber<MetricsEvent>>;
  /** What is not over yet: the type of the event, and what it was about. */
  readonly #open = new Set<string>();

  /** @internal Nest makes it. */
  constructor() {
    const listeners = new Set<Subscriber<MetricsEvent>>();
    super((listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    });
    this.#listeners = listeners;
  }

  /** @internal */
  pushed(group: Group, result: PushResult): void {
    this.#tell(group, { type: result.outcome, result });
    if (result.outcome === 'failed') this.#begins(group, 'failed');
    if (result.outcome === 'pushed') this.#ends(group, 'failed', result.gateway);
  }

  /** @internal */
  moved(group: Group, from: string, to: string): void {
    this.#tell(group, { type: 'moved', from, to });
  }

  /** @internal */
  delayed(group: Group, by: 'gateway' | 'store', address: string): void {
    if (this.#begins(group, 'delayed', by)) this.#tell(group, { type: 'delayed', by, address });
  }

  /** @internal */
  arrives(group: Group, by: 'gateway' | 'store', address: string): void {
    this.#ends(group, 'delayed', address, by);
  }

  /** @internal */
  clashed(group: Group, metric: string, shape: string): void {
    if (this.#begins(group, 'clashed', metric)) this.#tell(group, { type: 'clashed', metric, shape });
  }

  /** @internal */
  clashIsOver(group: Group, metric: string): void {
    this.#ends(group, 'clashed', metric, metric);
  }

  /** @internal */
  overflowed(group: Group, metric: string, reason: string): void {
    this.#tell(group, { type: 'overflowed', metric, reason });
  }

  /** @internal The application has ended. */
  end(): void {
    for (const listener of [...this.#listeners]) listener.complete();
  }

  /** False if it has begun already. */
  #begins({ job }: Group, type: MetricsEvent['type'], about = ''): boolean {
    const id = JSON.stringify([job, type, about]);
    return !this.#open.has(id) && this.#open.add(id).has(id);
  }

  #ends(group: Group, from: 'failed' | 'delayed' | 'clashed', what: string, about = ''): void {
    if (this.#open.delete(JSON.stringify([group.job, from, about])))
      this.#tell(group, { type: 'recovered', from, what });
  }

  #tell({ job, instance, labels }: Group, happening: Happening): void {
    if (this.#listeners.size === 0) return;
    const event = { ...happening, at: new Date(), group: { job, instance, labels } } as MetricsEvent;
    for (const listener of [...this.#listeners]) listener.next(event);
  }
}

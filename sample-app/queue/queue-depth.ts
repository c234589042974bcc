import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { type Gauge, InjectMetric } from 'nestjs-prometheus-pushgateway';
import { PackingQueue } from './packing-queue.js';

/** Measures the queue every second. No `ScheduleModule` is imported for that: the metrics module makes sure of one. */
@Injectable()
export class QueueDepth implements BeforeApplicationShutdown {
  constructor(
    private readonly queue: PackingQueue,
    @InjectMetric('queue_depth') private readonly depth: Gauge,
  ) {}

  @Interval(1000)
  measure(): void {
    this.depth.set(this.queue.depth);
  }

  /** A last time. Hooks run in a command such as `push` too, but its own queue is not the one in question. */
  beforeApplicationShutdown(): void {
    if (this.queue.isUsed) this.measure();
  }
}

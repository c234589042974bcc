import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { BatchJob } from 'nestjs-prometheus-pushgateway';
import { PackingQueue } from '../queue/packing-queue.js';

const HOUR_SECONDS = 3_600;

/** What the warehouse reads in the morning. */
@Injectable()
export class ReportsService {
  constructor(private readonly queue: PackingQueue) {}

  @Cron('0 5 * * *')
  @BatchJob({ name: 'daily-report', overdueAfterSeconds: 25 * HOUR_SECONDS })
  make(): string {
    return `${this.queue.depth} orders wait to be packed`;
  }
}

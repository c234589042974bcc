import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AUTO_PUSH_NAME, MetricsService } from 'nestjs-prometheus-pushgateway';
import { ShopSettings } from './settings.js';

/** Stops and starts the scheduled push, as any application can: it stands in Nest's `SchedulerRegistry`. */
@Injectable()
export class AutoPushSwitch {
  /** By cron it is stopped and started, not taken away. */
  #isCronStopped = false;

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly metrics: MetricsService,
    private readonly settings: ShopSettings,
  ) {}

  get isOn(): boolean {
    const registry = this.#registry;
    return (
      registry.doesExist('interval', AUTO_PUSH_NAME) ||
      (registry.doesExist('cron', AUTO_PUSH_NAME) && !this.#isCronStopped)
    );
  }

  async set(on: boolean): Promise<void> {
    const registry = this.#registry;
    if (registry.doesExist('cron', AUTO_PUSH_NAME)) {
      const job = registry.getCronJob(AUTO_PUSH_NAME);
      if (on) job.start();
      else await job.stop();
      this.#isCronStopped = !on;
    } else if (on !== this.isOn) {
      if (!on) registry.deleteInterval(AUTO_PUSH_NAME);
      else
        registry.addInterval(
          AUTO_PUSH_NAME,
          setInterval(() => void this.metrics.pushAll(), this.settings.pushEveryMs),
        );
    }
  }

  get #registry(): SchedulerRegistry {
    return this.moduleRef.get(SchedulerRegistry, { strict: false });
  }
}

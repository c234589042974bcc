import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { MetricsEvents } from 'nestjs-prometheus-pushgateway';

/** Tells whoever looks after the shop what only a change of the code mends. */
@Injectable()
export class MetricsWatch implements OnModuleInit {
  private readonly logger = new Logger(MetricsWatch.name);

  constructor(private readonly events: MetricsEvents) {}

  onModuleInit(): void {
    this.events.subscribe((event) => {
      if (event.type !== 'clashed' && event.type !== 'overflowed') return;
      this.logger.warn(`Have a look at metric ${event.metric} of job ${event.group.job}: it has ${event.type}`);
    });
  }
}

import type { ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Histogram, MetricsService } from 'nestjs-prometheus-pushgateway';
import type { Observable } from 'rxjs';
import { Unmeasured } from './unmeasured.js';

/** Times every request that reaches a controller. */
@Injectable()
export class RequestDurationInterceptor implements NestInterceptor {
  private readonly duration: Histogram<'handler' | 'status'>;

  constructor(
    metrics: MetricsService,
    private readonly reflector: Reflector,
  ) {
    this.duration = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of the response',
      // Not the URL: there are as many URLs as orders.
      labelNames: ['handler', 'status'],
      buckets: [0.01, 0.1, 1, 10],
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get(Unmeasured, context.getClass())) return next.handle();
    const end = this.duration.startTimer({ handler: `${context.getClass().name}.${context.getHandler().name}` });
    const response = context.switchToHttp().getResponse<ServerResponse>();
    // 'close' comes after success, error and a client that went away alike, when the status is known.
    response.once('close', () => end({ status: response.statusCode }));
    return next.handle();
  }
}

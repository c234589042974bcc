import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, Subject, tap } from 'rxjs';
import type { Order } from '../orders/order.js';
import { addTo, emptyTally, type Happening } from '../places/tally.js';
import { Unmeasured } from './unmeasured.js';

/** The demo's customers keep a tally of their own: what they do is not told to it again. */
export const DEMO_CUSTOMER = 'demo-customer';

/**
 * Counts what happens in this process by the answers that it gives, without the library. This is the column "here" of the
 * page: what all others have to agree with.
 */
@Injectable()
export class HappeningsInterceptor implements NestInterceptor {
  readonly tally = emptyTally();
  /** What others than the customers of the demo have done. */
  readonly byVisitors = new Subject<Happening>();

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get(Unmeasured, context.getClass())) return next.handle();
    const isVisitor = context.switchToHttp().getRequest<IncomingMessage>().headers['user-agent'] !== DEMO_CUSTOMER;
    const note = (happening: Happening): void => {
      addTo(this.tally, happening);
      if (isVisitor) this.byVisitors.next(happening);
    };
    context
      .switchToHttp()
      .getResponse<ServerResponse>()
      .once('close', () => {
        note({ requests: 1 });
      });
    const what = WHAT_HAPPENED[`${context.getClass().name}.${context.getHandler().name}`];
    return next.handle().pipe(
      tap((answer: unknown) => {
        if (what) note(what(answer));
      }),
    );
  }
}

/** By handler: what its answer says. */
const WHAT_HAPPENED: Readonly<Record<string, (answer: unknown) => Happening>> = {
  'OrdersController.place': (answer) => ({ type: (answer as Order).type, items: (answer as Order).items, waiting: 1 }),
  'PaymentsController.pay': () => ({ payments: 1 }),
  'PaymentsController.refund': () => ({ refunds: 1 }),
  'QueueController.next': () => ({ waiting: -1 }),
  'QueueController.drain': (answer) => ({ waiting: -(answer as { drained: number }).drained }),
};

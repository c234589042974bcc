import { Body, Controller, Param, ParseIntPipe, Post } from '@nestjs/common';
import type { Order } from '../orders/order.js';
import { parsePaymentMethod } from './payment.js';
import { PaymentsService } from './payments.service.js';

@Controller('orders/:id')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @Post('payment')
  pay(@Param('id', ParseIntPipe) id: number, @Body() body: unknown): Order {
    return this.payments.pay(id, parsePaymentMethod(body));
  }

  @Post('refund')
  refund(@Param('id', ParseIntPipe) id: number): Order {
    return this.payments.refund(id);
  }
}

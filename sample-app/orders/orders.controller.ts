import { Body, Controller, Get, Param, ParseIntPipe, Post } from '@nestjs/common';
import { type Order, parseNewOrder } from './order.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  place(@Body() body: unknown): Order {
    return this.orders.place(parseNewOrder(body));
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number): Order {
    return this.orders.find(id);
  }
}

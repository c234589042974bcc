import { Controller, Get, HttpCode, NotFoundException, Post } from '@nestjs/common';
import { PackingQueue } from './packing-queue.js';

@Controller('queue')
export class QueueController {
  constructor(private readonly queue: PackingQueue) {}

  @Get()
  look(): { depth: number } {
    return { depth: this.queue.depth };
  }

  /** For the warehouse: the order to pack now. */
  @Post('next')
  @HttpCode(200)
  next(): { orderId: number } {
    const orderId = this.queue.next();
    if (orderId === undefined) throw new NotFoundException('No order waits');
    return { orderId };
  }

  @Post('drain')
  @HttpCode(200)
  drain(): { drained: number } {
    return { drained: this.queue.drain() };
  }
}

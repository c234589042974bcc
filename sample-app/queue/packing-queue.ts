import { Injectable } from '@nestjs/common';

/** Orders that wait to be packed, first come, first served. */
@Injectable()
export class PackingQueue {
  private readonly orderIds: number[] = [];

  /** Whether this process has ever put an order in. */
  isUsed = false;

  get depth(): number {
    return this.orderIds.length;
  }

  add(orderId: number): void {
    this.isUsed = true;
    this.orderIds.push(orderId);
  }

  /** Takes out all of them, and says how many there were. */
  drain(): number {
    return this.orderIds.splice(0).length;
  }

  /** Takes out the order that has waited longest. */
  next(): number | undefined {
    return this.orderIds.shift();
  }
}

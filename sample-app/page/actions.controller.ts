import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  ForbiddenException,
  HttpCode,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { MetricsService, type PushResult } from 'nestjs-prometheus-pushgateway';
import { Unmeasured } from './unmeasured.js';
import { AutoPushSwitch } from './auto-push.switch.js';
import { isLoopback, PageGuard } from './page.guard.js';
import { parseWish } from './parse-wish.js';
import { Stage } from './demo-channel.js';

/** What the page can do besides being a customer. */
@Unmeasured(true)
@UseGuards(PageGuard)
@Controller('page')
export class ActionsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly autoPush: AutoPushSwitch,
    private readonly stage: Stage,
  ) {}

  @Post('push')
  @HttpCode(200)
  async push(): Promise<Omit<PushResult, 'error'>[]> {
    const results = await this.metrics.pushAll();
    return results.map(({ error: _, ...result }) => result);
  }

  @Post('auto-push')
  @HttpCode(200)
  async setAutoPush(@Body() body: { on?: unknown } = {}): Promise<{ isOn: boolean }> {
    if (typeof body.on !== 'boolean') throw new BadRequestException('on: expected true or false');
    await this.autoPush.set(body.on);
    return { isOn: this.autoPush.isOn };
  }

  /** Kills, freezes and revives what a demo has started; only for whoever sits at this machine. */
  @Post('stage')
  @HttpCode(200)
  async act(@Body() body: unknown, @Req() { socket }: IncomingMessage): Promise<{ isDone: true }> {
    if (!isLoopback(socket.remoteAddress)) throw new ForbiddenException('Only from the machine that runs the demo');
    if (!this.stage.staging) throw new ConflictException('Only in the demo: npm run demo');
    try {
      await this.stage.ask(parseWish(body));
    } catch (error) {
      throw error instanceof BadRequestException ? error : new ConflictException((error as Error).message);
    }
    return { isDone: true };
  }
}

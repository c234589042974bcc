import { Controller, HttpCode, InternalServerErrorException, Post } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const LONG_MS = 2_000;

/** What an application would rather not do, to see it in its metrics. */
@Controller('trouble')
export class TroubleController {
  @Post('fail')
  fail(): never {
    throw new InternalServerErrorException('Failed, as you wished');
  }

  @Post('slow')
  @HttpCode(200)
  async slow(): Promise<{ tookMs: number }> {
    await sleep(LONG_MS);
    return { tookMs: LONG_MS };
  }
}

import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { prometheusPushgatewayConfig } from 'nestjs-prometheus-pushgateway/config';
import { ActionsController } from './actions.controller.js';
import { AutoPushSwitch } from './auto-push.switch.js';
import { Board } from './board.js';
import { HappeningsInterceptor } from './happenings.interceptor.js';
import { PageController } from './page.controller.js';
import { Places } from './places.js';
import { ShopSettings } from './settings.js';
import { Stage } from './demo-channel.js';

/** The page at `/`: the shop by hand, and every place where its numbers arrive side by side. */
@Module({
  imports: [ConfigModule.forFeature(prometheusPushgatewayConfig)],
  controllers: [PageController, ActionsController],
  providers: [
    HappeningsInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: HappeningsInterceptor },
    AutoPushSwitch,
    Board,
    Places,
    ShopSettings,
    Stage,
  ],
})
export class PageModule {}

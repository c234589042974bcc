import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

@Module({ imports: [QueueModule], controllers: [ReportsController], providers: [ReportsService] })
export class ReportsModule {}

import { Controller, Post } from '@nestjs/common';
import { ReportsService } from './reports.service.js';

@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  /** For whoever cannot wait for the morning. */
  @Post()
  make(): { report: string } {
    return { report: this.reports.make() };
  }
}

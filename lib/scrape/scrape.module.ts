import { type DynamicModule, Module } from '@nestjs/common';
import { type PrometheusPushgatewayScrapeOptions, resolveScrapeOptions, SCRAPE_OPTIONS } from './scrape-options.js';
import { scrapeController } from './scrape.controller.js';
import { ScrapeService } from './scrape.service.js';

/**
 * Shows the values of all replicas to a Prometheus that scrapes, in the place of pushing them.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] }, autoPush: false }),
 *     PrometheusPushgatewayScrapeModule.forRoot({ path: '/metrics' }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class PrometheusPushgatewayScrapeModule {
  /**
   * @throws ConfigurationError for any option that is not as it should be; at start also where the application pushes the same series,
   * unless `labels` tell them apart
   */
  static forRoot(given: PrometheusPushgatewayScrapeOptions = {}): DynamicModule {
    const options = resolveScrapeOptions(given);
    return {
      module: PrometheusPushgatewayScrapeModule,
      imports: [...options.imports],
      controllers: [options.controller ?? scrapeController(options)],
      providers: [{ provide: SCRAPE_OPTIONS, useValue: options }, ScrapeService],
      exports: [ScrapeService],
    };
  }
}

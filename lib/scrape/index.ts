export type { PrometheusPushgatewayScrapeOptions } from './scrape-options.js';
export { PrometheusPushgatewayScrapeModule } from './scrape.module.js';
export { type ScrapeRequest, type ScrapeResponse, ScrapeService } from './scrape.service.js';

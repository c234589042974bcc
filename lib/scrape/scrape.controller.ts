import { Controller, Get, Inject, Req, Res, SetMetadata, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import type { ResolvedScrapeOptions } from './scrape-options.js';
import { type ScrapeRequest, type ScrapeResponse, ScrapeService } from './scrape.service.js';

/** What `ApiExcludeController()` of `@nestjs/swagger` leaves at a class: that package need not be there. */
const HIDDEN_IN_SWAGGER = 'swagger/apiExcludeController';

/** The controller where none is given. */
export function scrapeController({ path, guards }: Pick<ResolvedScrapeOptions, 'path' | 'guards'>): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @SetMetadata(HIDDEN_IN_SWAGGER, [true])
  @UseGuards(...guards)
  class ScrapeController {
    readonly #scrape: ScrapeService;

    constructor(@Inject(ScrapeService) scrape: ScrapeService) {
      this.#scrape = scrape;
    }

    @Get()
    scrape(@Req() request: ScrapeRequest, @Res() response: ScrapeResponse): Promise<void> {
      return this.#scrape.answer(request, response);
    }
  }
  return ScrapeController;
}

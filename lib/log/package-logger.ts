// eslint-disable-next-line no-restricted-imports -- the one place that may
import { Logger } from '@nestjs/common';
import { printable } from '../errors/printable.js';

/**
 * Nest's logger under the package's name. Messages hold the words of servers, labels and errors: each is one line, with
 * control characters escaped.
 */
export class PackageLogger extends Logger {
  constructor() {
    super('PrometheusPushgateway');
  }

  override log(message: string): void {
    super.log(printable(message));
  }

  override warn(message: string): void {
    super.warn(printable(message));
  }

  override error(message: string): void {
    super.error(printable(message));
  }
}

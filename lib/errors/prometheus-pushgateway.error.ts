import { printableLines } from './printable.js';

/** Base of every error this package throws. Test `error.code`, which is stable, rather than the message, which is for people. */
export abstract class PrometheusPushgatewayError extends Error {
  abstract readonly code: string;

  /** @param message Parts of it may come from servers or labels: control characters are escaped, line breaks stay. */
  constructor(message: string, options?: ErrorOptions) {
    super(printableLines(message), options);
    this.name = new.target.name;
  }
}

/** Base of every error this package throws. Test `error.code`, which is stable, rather than the message, which is for people. */
export abstract class PrometheusPushgatewayError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

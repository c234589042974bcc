import { GatewayResponseError } from '../../errors/index.js';
import type { PushFormat } from '../../options/index.js';

export type BodyFormat = Exclude<PushFormat, 'auto'>;

/** `Content-Type` of each format. */
export const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  protobuf: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
};

/**
 * How long a gateway that takes no protobuf gets text, in milliseconds. Then protobuf is tried again: another gateway may
 * stand there.
 */
const TEXT_ONLY_MS = 3_600_000;

/** Statuses of answers that may be about the format. Others, such as 401 or 413, text would get too. */
const MAY_BE_OF_FORMAT = [400, 403, 406, 415, 422, 500, 501];
/** So begins the reason of a Pushgateway that could read the messages, and takes their content in no format. */
const HAS_READ = 'pushed metrics are invalid or inconsistent';

/** Which format one gateway gets. It is tried: a gateway that refuses protobuf and takes the same as text takes no protobuf. */
export class FormatOfGateway {
  #textUntil = -Infinity;

  /** @param format What the options say */
  constructor(private readonly format: PushFormat) {}

  get next(): BodyFormat {
    if (this.format !== 'auto') return this.format;
    return performance.now() < this.#textUntil ? 'text' : 'protobuf';
  }

  /** Whether to try text after protobuf has failed. */
  mayTakeText(error: unknown): boolean {
    return this.format === 'auto' && mayBeOfFormat(error);
  }

  /** Text was taken where protobuf had been refused. @returns whether that is new */
  noteTextOnly(): boolean {
    const isNew = this.#textUntil === -Infinity;
    this.#textUntil = performance.now() + TEXT_ONLY_MS;
    return isNew;
  }

  /** What a push failed with, and what the format may have to do with that. */
  explained(error: unknown): unknown {
    if (this.format !== 'protobuf' || !mayBeOfFormat(error)) return error;
    const { message, status, reason } = error;
    return new GatewayResponseError(
      `${message} (pushgateway.format is "protobuf": if this gateway, or a proxy before it, takes text only, "auto" finds that out)`,
      status,
      reason,
    );
  }
}

function mayBeOfFormat(error: unknown): error is GatewayResponseError {
  return (
    error instanceof GatewayResponseError &&
    MAY_BE_OF_FORMAT.includes(error.status) &&
    !error.reason.startsWith(HAS_READ)
  );
}

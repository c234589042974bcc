/**
 * A piece of a body of `io.prometheus.client.MetricFamily` messages, each with its length before it (protobuf, "delimited").
 * The length of a large family is known when its last series has been read: its first pieces come before it does.
 */
export interface MessagePiece {
  /** Valid until the next piece is asked for. */
  readonly bytes: Uint8Array;
  /** These bytes wait for the length that goes before them, which a later piece has. Default false. */
  readonly isOpen?: true;
  /** The length that belongs before all pieces that wait; they are followed by `bytes`. Default: none waits. */
  readonly prefix?: Uint8Array;
}

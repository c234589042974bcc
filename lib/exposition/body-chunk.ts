/** A piece of a body, and what it holds. */
export interface BodyChunk<Piece> {
  readonly piece: Piece;
  /** Series that it shows. */
  readonly series: number;
  readonly bytes: number;
}

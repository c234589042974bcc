/** A piece of text: characters, or its UTF-8 in one part or in several. */
export type TextPiece = string | Uint8Array | readonly Uint8Array[];

/** Its UTF-8, as it is where it is bytes already. */
export function bytesOf(piece: TextPiece): readonly Uint8Array[] {
  if (typeof piece === 'string') return [Buffer.from(piece)];
  return piece instanceof Uint8Array ? [piece] : piece;
}

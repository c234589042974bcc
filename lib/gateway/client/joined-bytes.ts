const SMALL_ROOM = 128 * 1_024;
/** Room for the largest batch of text, with the piece that fills it. */
const LARGE_ROOM = 1_280 * 1_024;

/**
 * Joins parts in memory that is used again and again: the garbage collector would have to free new memory each time. Each
 * part is copied at once. So its own memory, often a whole read of a socket, can be freed or written over.
 */
export class JoinedBytes {
  size = 0;
  #joined = Buffer.allocUnsafeSlow(0);

  add(part: Uint8Array): void {
    this.#grow(this.size + part.byteLength);
    this.#joined.set(part, this.size);
    this.size += part.byteLength;
  }

  /** Puts a part between others. */
  insert(part: Uint8Array, at: number): void {
    this.#grow(this.size + part.byteLength);
    this.#joined.copyWithin(at + part.byteLength, at, this.size);
    this.#joined.set(part, at);
    this.size += part.byteLength;
  }

  take(): Buffer {
    const whole = this.#joined.subarray(0, this.size);
    this.size = 0;
    return whole;
  }

  /**
   * Grows from small to large in one step: memory of steps between would wait for the garbage collector. Memory that is not
   * used costs only addresses.
   */
  #grow(size: number): void {
    const room = this.#joined.byteLength;
    if (size <= room) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(size, room === 0 ? SMALL_ROOM : Math.max(LARGE_ROOM, 2 * room)));
    larger.set(this.#joined.subarray(0, this.size));
    this.#joined = larger;
  }
}

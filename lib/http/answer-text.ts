import type { Readable } from 'node:stream';

/**
 * An answer as text, of which no more than `limit` bytes are kept: a longer one is not read to its end, however it goes on.
 * Counted is what comes out of decompression.
 */
export async function answerText(answer: Readable, limit: number): Promise<{ text: string; isWhole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let room = limit;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk.subarray(0, room), { stream: true });
    room -= chunk.byteLength;
    // To leave the loop destroys the stream, and so the decompression.
    if (room < 0) break;
  }
  return { text: text + decoder.decode(), isWhole: room >= 0 };
}

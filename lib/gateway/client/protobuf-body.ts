import type { RequestBody } from '../../http/index.js';
import type { MessagePiece } from '../../model/index.js';
import { JoinedBytes } from './joined-bytes.js';
import { Gzip, NOTHING_YET, plainSegmentOf, type Segment, segmentOf } from './gzip.js';

/** What makes protobuf messages piece by piece: called once per attempt to send them, with the gateway's address. */
export type MessageSource = (gateway: string) => AsyncIterable<MessagePiece>;

/**
 * A body compressed while it is made. A family waits until its length is known: it waits compressed, in a tenth of the
 * memory. Meanwhile an empty block is sent for each piece, so that the connection does not look dead. A failing source cuts
 * the body short.
 */
export function gzippedMessages(messages: MessageSource, gateway: string): RequestBody {
  return async function* () {
    const gzip = new Gzip();
    let head: Buffer | undefined = Gzip.header;
    // By itself the header might be taken for an empty body.
    const afterHead = (bytes: Buffer): Buffer => {
      const all = head ? Buffer.concat([head, bytes]) : bytes;
      head = undefined;
      return all;
    };
    const waiting: Segment[] = [];
    for await (const { bytes, isOpen, prefix } of messages(gateway)) {
      const segment = await segmentOf(bytes);
      if (isOpen) {
        // A copy, without the free memory behind it.
        waiting.push({ ...segment, compressed: Buffer.from(segment.compressed) });
        yield afterHead(NOTHING_YET);
        continue;
      }
      if (prefix) yield afterHead(gzip.add(plainSegmentOf(prefix)));
      for (const earlier of waiting.splice(0)) yield gzip.add(earlier);
      yield afterHead(gzip.add(segment));
    }
    yield afterHead(gzip.end());
  };
}

/** The whole body, made before any of it is sent, as `plainBody` is. */
export async function plainMessages(messages: MessageSource, gateway: string): Promise<Buffer> {
  const joined = new JoinedBytes();
  let waitingFrom = 0;
  for await (const { bytes, isOpen, prefix } of messages(gateway)) {
    if (prefix) joined.insert(prefix, waitingFrom);
    joined.add(bytes);
    if (!isOpen) waitingFrom = joined.size;
  }
  return joined.take();
}

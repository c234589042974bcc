import type { ServerResponse } from 'node:http';
import type { ConsoleFeed } from '../feed/console-feed.js';
import type { PageState } from '../feed/page-state.js';
import { PAGE_HEADERS } from './headers.js';

/** News that come close together are one event. */
const GATHER_MS = 50;
/** Then the browser connects again, and the guards decide again. */
const LONGEST_MS = 10 * 60_000;

/** Node's response, or one of Fastify around it. */
export interface AnyResponse {
  readonly raw?: ServerResponse;
  hijack?(): void;
}

/** Server-sent events to one viewer, until it goes or `end` is called. */
export function streamEvents(
  response: AnyResponse,
  feed: ConsoleFeed,
  state: () => PageState,
  done: () => void,
): () => void {
  response.hijack?.();
  const raw = response.raw ?? (response as ServerResponse);
  // Nothing else is asked on this connection: it ends with the stream.
  raw.shouldKeepAlive = false;
  raw.writeHead(200, {
    ...PAGE_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  });
  raw.write('retry: 2000\n\n');
  let gathering: NodeJS.Timeout | undefined;
  const send = (): void => {
    gathering = undefined;
    // A slow reader misses some events: each holds the whole state.
    if (!raw.writableNeedDrain && !raw.writableEnded) raw.write(`data: ${JSON.stringify(state())}\n\n`);
  };
  const stop = feed.watch(() => (gathering ??= setTimeout(send, GATHER_MS)));
  const end = (): void => {
    raw.end();
  };
  const ending = setTimeout(end, LONGEST_MS).unref();
  raw.on('error', () => undefined);
  raw.once('close', () => {
    clearTimeout(gathering);
    clearTimeout(ending);
    stop();
    done();
  });
  send();
  return end;
}

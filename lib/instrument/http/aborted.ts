import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { sentHeader } from './response-head.js';

/** Whether the client went before it had all, of a response that is done. Events have no end but that. */
export function isAborted(request: IncomingMessage, response: ServerResponse): boolean {
  if (isWhole(request, response)) return false;
  return !sentHeader(response, 'content-type')?.startsWith('text/event-stream');
}

/** Node tells `finish` of responses, too, that their client has not got: in HTTP/2 of each, otherwise of those that waited to be sent. */
function isWhole({ httpVersionMajor, socket }: IncomingMessage, response: ServerResponse): boolean {
  const { stream } = response as { stream?: ServerHttp2Stream };
  if (httpVersionMajor === 2 && stream) return !stream.aborted && stream.rstCode === 0;
  const { destroyed, errored } = (socket as Socket | undefined) ?? {};
  return response.writableEnded && !destroyed && !errored;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { headBytes, sentHeader } from './response-head.js';

/** Bytes of a request's body; undefined where it does not say, which is one that is sent in chunks. */
export function requestBytes({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return numberOf(headers['content-length'] ?? '0');
}

/**
 * Bytes of a response's body. One that is sent in chunks does not say: then it is what the connection took for it, with the frames of
 * the chunks. Undefined where a connection is shared, as with HTTP/2, and where there is none, as on serverless platforms.
 * @param writtenBefore Bytes that the connection had sent before.
 */
export function responseBytes(
  { socket, method, httpVersionMajor }: IncomingMessage,
  response: ServerResponse,
  writtenBefore: number,
): number | undefined {
  if (method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304) return 0;
  const length = sentHeader(response, 'content-length');
  if (length !== undefined) return numberOf(length);
  if (httpVersionMajor !== 1) return undefined;
  const written = (socket as Partial<typeof socket> | undefined)?.bytesWritten;
  return written === undefined ? undefined : Math.max(0, written - writtenBefore - headBytes(response));
}

function numberOf(length: string): number | undefined {
  const bytes = Number(length);
  return Number.isFinite(bytes) ? bytes : undefined;
}

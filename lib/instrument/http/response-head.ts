import type { ServerResponse } from 'node:http';

/** What Node has sent as the head of a response: headers given to `writeHead` stand nowhere else. */
interface Sent extends ServerResponse {
  readonly _header?: string | null;
}

/** A header of a response that has been sent, in small letters; undefined if it has none of that name. */
export function sentHeader(response: ServerResponse, name: string): string | undefined {
  const set = response.getHeader(name);
  if (set !== undefined) return String(set).toLowerCase();
  const head = (response as Sent)._header;
  return head ? new RegExp(`^${name}: *(.*)\r$`, 'im').exec(head)?.[1]?.toLowerCase() : undefined;
}

/** Bytes of the head of a response that has been sent. */
export function headBytes(response: ServerResponse): number {
  return (response as Sent)._header?.length ?? 0;
}

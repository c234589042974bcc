import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface FakeGateway {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** `<method> <path>` and the text of every request taken. */
  readonly requests: { readonly line: string; readonly text: string }[];
  readonly close: () => Promise<void>;
}

/** Takes every push, as a Pushgateway would, and remembers it. */
export async function startFakeGateway(): Promise<FakeGateway> {
  const requests: { line: string; text: string }[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const isGzip = request.headers['content-encoding'] === 'gzip';
      const text = (isGzip ? gunzipSync(body) : body).toString('utf8');
      requests.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, text });
      // A group cannot be read by its path.
      const isGroup = request.url?.startsWith('/metrics/job') === true;
      const statuses: Record<string, number> = { DELETE: 202, ...(isGroup && { GET: 405 }) };
      response.writeHead(statuses[request.method ?? ''] ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type DecodedFamily, decodeFamilies } from '../../support/protobuf/decode.js';

export interface FakeGateway {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** `<method> <path>` and the families of every request taken. */
  readonly requests: { readonly line: string; readonly families: readonly DecodedFamily[] }[];
  readonly close: () => Promise<void>;
}

/** Takes every push, as a Pushgateway would, and remembers it. */
export async function startFakeGateway(): Promise<FakeGateway> {
  const requests: { line: string; families: readonly DecodedFamily[] }[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const isGzip = request.headers['content-encoding'] === 'gzip';
      const families = decodeFamilies(isGzip ? gunzipSync(body) : body);
      requests.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, families });
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

import { createServer } from 'node:net';

/**
 * Below the range from which Linux and macOS give ports to outgoing connections: a client cannot take the port of a
 * server which a test has killed and wants to start again.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 29_999;

const handedOut = new Set<number>();

/** A loopback port nobody listens on, never given twice by one process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`Found no free port between ${FIRST_PORT} and ${LAST_PORT} in 200 attempts`);
}

/** Whether a server could listen on this loopback port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

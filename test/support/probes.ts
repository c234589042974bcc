import { get } from 'node:http';
import { connect } from 'node:net';

const PROBE_TIMEOUT_MS = 1_000;

/** Status of one GET over plain HTTP on a connection of its own. Rejects if there is no answer. */
export function httpStatus(address: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(`http://${address}${path}`, { agent: false, timeout: PROBE_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy(new Error('No answer in time')));
    request.on('error', reject);
  });
}

/** The first bytes a TCP server answers to these; with nothing to send it is enough that it accepts the connection. */
export function tcpAnswer(port: number, question?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (act: () => void): void => {
      socket.destroy();
      act();
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => {
      settle(() => {
        reject(new Error('No answer in time'));
      });
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('Closed without an answer'));
    });
    socket.on('connect', () => {
      if (question === undefined) {
        settle(() => {
          resolve('');
        });
      } else {
        socket.write(question);
      }
    });
    socket.on('data', (answer) => {
      settle(() => {
        resolve(answer.toString());
      });
    });
  });
}

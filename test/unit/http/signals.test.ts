import { getEventListeners } from 'node:events';
import { waitFor } from '../../support/wait-for.js';
import { clientOf, fakeServers } from './support.js';

const startServer = fakeServers();

afterEach(() => {
  jest.restoreAllMocks();
});

it('leaves nothing behind at a signal that lives on, whatever becomes of the request', async () => {
  const any = jest.spyOn(AbortSignal, 'any');
  let isHeld = false;
  const { address, seen } = await startServer({
    answer: (_request, response) => {
      if (!isHeld) response.end();
    },
  });
  const { signal } = new AbortController();
  const client = clientOf(address, { timeoutMs: 2_000 });
  const request = { method: 'GET', path: '/', signal } as const;
  await clientOf(address).request(request);
  await expect(clientOf('127.0.0.1:1').request(request)).rejects.toThrow('unreachable');
  isHeld = true;
  const pending = client.request(request);
  await waitFor(() => seen.length === 2, { message: 'the request to arrive' });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await expect(pending).rejects.toThrow('did not answer within 2000 ms');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  // It keeps a record of each use at the signal for as long as that lives: about 100 bytes a push.
  expect(any).not.toHaveBeenCalled();
});

it.each([true, false])('gives a request up with the signal (aborted before: %s)', async (isBefore) => {
  const { address, seen } = await startServer({ answer: () => undefined });
  const controller = new AbortController();
  if (isBefore) controller.abort();
  const pending = clientOf(address).request({ method: 'GET', path: '/', signal: controller.signal });
  if (!isBefore) await waitFor(() => seen.length === 1, { message: 'the request to arrive' });
  controller.abort();
  await expect(pending).rejects.toMatchObject({
    name: 'HttpTimeoutError',
    message: `Pushgateway http://${address} had not answered when the request was given up`,
  });
});

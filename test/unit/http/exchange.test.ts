import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import { Exchange } from '../../../lib/http/exchange.js';

/** As it is right after the connection stands: nothing of the body has been asked for yet. */
function connected(hold: boolean): Exchange {
  const exchange = new Exchange(Buffer.from('query=up'), hold, { isOver: false });
  const request = Object.assign(new EventEmitter(), { socket: { connecting: false } });
  exchange.through({ request: () => request as unknown as ClientRequest }).request({}, () => undefined);
  return exchange;
}

it('waits for 100 Continue only where it asked for it', () => {
  expect(connected(true).stage).toBe('held');
  expect(connected(false).stage).toBe('sending');
});

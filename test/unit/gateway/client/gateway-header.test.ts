import { gatewayIn, PushgatewayClient } from '../../../../lib/gateway/index.js';

it.each(['a\r\nx-other: 1', 'a\u0000', 'a\u20ac', ' '])('a gateway cannot be named %j', (gateway) => {
  expect(() => new PushgatewayClient({ host: 'haproxy:9091', gateway })).toThrow(/^Invalid gateway: expected /);
});

it.each(['gateway-1', 'gateway.1:9091'])('a gateway can be named %j', (gateway) => {
  expect(new PushgatewayClient({ host: 'haproxy:9091', gateway }).address).toBe('http://haproxy:9091');
});

it.each([
  ['gateway-1', { name: 'gateway-1' }],
  ['two words', { unusable: 'two words' }],
  ['', {}],
  ['<NOSRV>', {}],
  ['<STATS>', {}],
  [undefined, {}],
])('an answer with the header %j tells %j', (text, told) => {
  expect(gatewayIn({ headers: text === undefined ? {} : { 'x-pushgateway': text } })).toEqual(told);
});

import { failureOf, GATEWAY, PROMETHEUS } from '../../../../lib/doctor/probes/failure.js';
import {
  GatewayResponseError,
  HttpConnectionError,
  HttpProxyError,
  HttpTimeoutError,
  PrometheusResponseError,
} from '../../../../lib/errors/index.js';

const SERVER = 'Pushgateway http://a:9091';
const asked = { ...GATEWAY, server: SERVER };

it.each<[string, Error, string, string]>([
  [
    'a refused connection',
    new HttpConnectionError(`${SERVER} unreachable: connect ECONNREFUSED`, 'ECONNREFUSED'),
    'unreachable: connect ECONNREFUSED',
    'Start it, or correct pushgateway.host',
  ],
  [
    'an unknown name',
    new HttpConnectionError(`${SERVER} unreachable: getaddrinfo ENOTFOUND a`, 'ENOTFOUND'),
    'unreachable: getaddrinfo ENOTFOUND a',
    'Correct pushgateway.host',
  ],
  [
    'an unknown authority',
    new HttpConnectionError(`${SERVER} failed the TLS handshake: self-signed certificate`, 'X'),
    'failed the TLS handshake: self-signed certificate',
    'pushgateway.tls.ca',
  ],
  [
    'no TLS',
    new HttpConnectionError(`${SERVER} failed the TLS handshake: it does not speak TLS: is it http?`, 'EPROTO'),
    'failed the TLS handshake: it does not speak TLS: is it http?',
    'Write http:// in pushgateway.host',
  ],
  ...(
    [
      [undefined, 'Start the proxy, or correct pushgateway.proxy'],
      [407, 'Put the user name and the password that the proxy expects into pushgateway.proxy'],
      [403, 'Let the proxy open connections (CONNECT) to pushgateway.host'],
      [503, 'See whether Pushgateway is up and can be reached from the proxy'],
    ] as const
  ).map(([status, fix]): [string, Error, string, string] => [
    `a proxy that lets nothing through: ${status ?? 'down'}`,
    new HttpProxyError(`${SERVER} was not reached: proxy http://p:3128 said no`, status),
    'was not reached: proxy http://p:3128 said no',
    fix,
  ]),
  ['silence', new HttpTimeoutError(`${SERVER} did not answer within 5 ms`), 'did not answer within 5 ms', 'frozen'],
  [
    '401',
    new GatewayResponseError('', 401, 'Unauthorized'),
    'refuses the credentials (answered 401: Unauthorized)',
    'pushgateway.username',
  ],
  [
    '403',
    new GatewayResponseError('', 403, 'no'),
    'refuses the credentials (answered 403: no)',
    'pushgateway.bearerToken',
  ],
  [
    '404',
    new GatewayResponseError('', 404, 'not found'),
    'has no Pushgateway at this path (answered 404: not found)',
    '--web.route-prefix',
  ],
  [
    'a redirect',
    new GatewayResponseError('', 302, 'redirects to /pg'),
    'has no Pushgateway at this path (answered 302: redirects to /pg)',
    '--web.route-prefix',
  ],
  [
    'TLS',
    new GatewayResponseError('', 400, 'Client sent an HTTP request to an HTTPS server.'),
    'speaks TLS (answered 400',
    'Write https://',
  ],
  ['503', new GatewayResponseError('', 503, 'No server'), 'cannot serve (answered 503: No server)', 'is up behind it'],
  [
    'a web page',
    new GatewayResponseError('', 200, 'Welcome'),
    'is no Pushgateway (answered 200: Welcome)',
    'Correct pushgateway.host',
  ],
])('%s', (_, error, finding, fix) => {
  const failure = failureOf(error, asked);
  expect(failure.finding).toContain(finding);
  expect(failure.finding).not.toContain(SERVER);
  expect(failure.fix).toContain(fix);
});

it('names the options of Prometheus', () => {
  const error = new PrometheusResponseError('', 401, undefined, 'Unauthorized');
  expect(failureOf(error, { ...PROMETHEUS, server: 'Prometheus http://p:9090' }).fix).toContain('prometheus.username');
});

it('lets an error of our own through', () => {
  expect(() => failureOf(new TypeError('a bug'), asked)).toThrow('a bug');
});

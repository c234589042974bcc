import { type EndpointOptions, resolveEndpoint } from '../../../lib/options/index.js';

const resolve = (host: string, options: EndpointOptions = {}) => resolveEndpoint(host, options, 9091);

describe('resolveEndpoint', () => {
  it.each([
    ['gateway', 'http://gateway:9091'],
    ['gateway:9092', 'http://gateway:9092'],
    ['gateway:80', 'http://gateway'],
    ['gateway:443', 'http://gateway:443'],
    ['gateway/base', 'http://gateway:9091/base'],
    ['gateway:80/base', 'http://gateway/base'],
    ['gateway:8080/base/', 'http://gateway:8080/base'],
    ['GateWay.Example', 'http://gateway.example:9091'],
    ['127.0.0.1', 'http://127.0.0.1:9091'],
    ['[::1]', 'http://[::1]:9091'],
    ['[::1]:9091', 'http://[::1]:9091'],
    ['[::1]:80', 'http://[::1]'],
    ['[fe80::80]', 'http://[fe80::80]:9091'],
    ['http://gateway', 'http://gateway'],
    ['http://gateway:80', 'http://gateway'],
    ['http://gateway:9091', 'http://gateway:9091'],
    ['https://gateway', 'https://gateway'],
    ['https://gateway:443', 'https://gateway'],
    ['https://gateway:80', 'https://gateway:80'],
    ['HTTPS://gateway/', 'https://gateway'],
    ['http://gateway/a/b//', 'http://gateway/a/b'],
    ['http://[::1]:9091/base', 'http://[::1]:9091/base'],
    ['gateway_1:9091', 'http://gateway_1:9091'],
  ])('makes of %p the address %p', (host, url) => {
    expect(resolve(host)).toEqual({ url, headers: {}, tls: {}, timeoutMs: 10_000 });
  });

  it('takes credentials out of the address', () => {
    expect(resolve('https://u%40x:p%2F%25@gateway/base')).toMatchObject({
      url: 'https://gateway/base',
      username: 'u@x',
      password: 'p/%',
    });
    expect(resolve('u:p@gateway')).toMatchObject({ url: 'http://gateway:9091', username: 'u', password: 'p' });
    expect(resolve('http://u@gateway')).toEqual({
      url: 'http://gateway',
      username: 'u',
      headers: {},
      tls: {},
      timeoutMs: 10_000,
    });
  });

  it('prefers credentials of the options', () => {
    const { username, password } = resolve('http://u:p@gateway', { username: 'v', password: 'q' });
    expect([username, password]).toEqual(['v', 'q']);
  });

  it('does not send the password of one user for another', () => {
    expect(resolve('http://u:p@gateway', { username: 'v' })).toMatchObject({ username: 'v' });
    expect(resolve('http://u:p@gateway', { username: 'v' }).password).toBeUndefined();
  });

  it('hands the other options through', () => {
    const headers = { 'X-A': 'b' };
    const tls = { ca: 'CA' };
    expect(resolve('gateway', { bearerToken: 't', headers, tls, timeoutMs: 5 })).toEqual({
      url: 'http://gateway:9091',
      bearerToken: 't',
      headers,
      tls,
      timeoutMs: 5,
    });
  });

  it.each([
    ['ftp://gateway', 'the scheme is neither http nor https'],
    ['redis://gateway', 'the scheme is neither http nor https'],
    ['http://gateway/?a=b', 'an address has no query or fragment'],
    ['gateway?a', 'an address has no query or fragment'],
    ['gateway#a', 'an address has no query or fragment'],
    ['', 'not an address'],
    ['http://', 'not an address'],
    ['gateway:port', 'not an address'],
    ['gateway:70000', 'not an address'],
    ['a b', 'not an address'],
    ['::1', 'not an address'],
    ['http://u:secret@gateway:port', 'not an address'],
  ])('refuses %p: %s', (host, message) => {
    expect(() => resolve(host)).toThrow(new TypeError(message));
  });
});

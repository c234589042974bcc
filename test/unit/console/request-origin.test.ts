import { PAGE_HEADERS } from '../../../lib/console/http/headers.js';
import { foreign, framed } from '../../../lib/console/http/request-origin.js';

const change = { isChange: true };

describe('who asks', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://shop.example', host: 'behind-a-proxy:3000' }],
    [{ origin: 'http://shop.example:3000', host: 'shop.example:3000' }],
    [{ origin: 'https://shop.example', host: 'app:3000', 'x-forwarded-host': 'shop.example' }],
  ])('is our own page: %j', (headers) => {
    expect(foreign(headers, change)).toBeUndefined();
  });

  it.each([
    [{}],
    [{ host: 'shop.example' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://evil.shop.example', host: 'shop.example' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://shop.example', host: 'shop.example' }],
    [{ origin: 'https://evil.example', host: 'shop.example' }],
    [{ origin: 'null', host: 'shop.example' }],
  ])('may not change anything: %j', (headers) => {
    expect(foreign(headers, change)).toBeDefined();
  });

  it('may read with curl, not from another site', () => {
    expect(foreign({}, { isChange: false })).toBeUndefined();
    expect(foreign({ 'sec-fetch-site': 'cross-site' }, { isChange: false })).toBeDefined();
  });

  it.each(['iframe', 'frame', 'embed', 'object'])('shows no page in an %s', (use) => {
    expect(framed({ 'sec-fetch-dest': use })).toBeDefined();
    expect(framed({ 'sec-fetch-dest': 'document' })).toBeUndefined();
  });
});

it('allows a page nothing inline and nothing from elsewhere', () => {
  const policy = (PAGE_HEADERS['content-security-policy'] as string).split('; ');
  expect(policy).toEqual(
    expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]),
  );
  const sources = policy.flatMap((directive) => directive.split(' ').slice(1));
  expect([...new Set(sources)].sort()).toEqual(["'none'", "'script'", "'self'"]);
});

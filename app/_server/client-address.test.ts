import { expect, test } from 'vitest';
import { clientAddress, trustedProxies } from './client-address';
import { isSameOrigin, originOf, safeNext } from './request';

const none = trustedProxies(undefined);
const some = trustedProxies('10.0.0.0/8, 127.0.0.1, fd00::/8, nonsense');

test('a forwarded address is believed from our own proxies only, and only as far as they go', () => {
  expect(clientAddress('192.0.2.1', '203.0.113.9', none)).toBe('192.0.2.1');
  expect(clientAddress('10.1.2.3', '203.0.113.9', some)).toBe('203.0.113.9');
  expect(clientAddress('10.1.2.3', '6.6.6.6, 203.0.113.9, 10.9.9.9', some)).toBe('203.0.113.9');
  expect(clientAddress('192.0.2.1', '203.0.113.9', some)).toBe('192.0.2.1');
  expect(clientAddress('::ffff:10.1.2.3', '203.0.113.9', some)).toBe('203.0.113.9');
  expect(clientAddress('fd00::1', '2001:db8::7', some)).toBe('2001:db8::7');
  expect(clientAddress('10.1.2.3', undefined, some)).toBe('10.1.2.3');
  expect(clientAddress('10.1.2.3', 'not an address', some)).toBe('10.1.2.3');
  expect(clientAddress(undefined, '203.0.113.9', some)).toBeNull();
});

const headers = (fields: Record<string, string>) => new Headers({ host: 'vigil.example:3000', ...fields });

test('a change is ours only with our own origin', () => {
  expect(isSameOrigin(headers({ origin: 'http://vigil.example:3000' }))).toBe(true);
  for (const origin of ['', 'null', 'http://vigil.example', 'http://evil.example:3000', 'nonsense'])
    expect(isSameOrigin(headers(origin ? { origin } : {})), origin).toBe(false);
  expect(isSameOrigin(headers({ origin: 'http://vigil.example:3000', 'sec-fetch-site': 'same-site' }))).toBe(
    false,
  );
  expect(isSameOrigin(headers({ origin: 'https://console.example' }))).toBe(false);
  process.env.VIGIL_WEB_ORIGIN = 'https://console.example';
  expect(isSameOrigin(headers({ origin: 'https://console.example' }))).toBe(true);
  delete process.env.VIGIL_WEB_ORIGIN;
});

test('the page after signing in is a path of ours', () => {
  expect(safeNext('/security/events?state=open')).toBe('/security/events?state=open');
  expect(safeNext('/alerts/7#x')).toBe('/alerts/7');
  for (const next of [
    null,
    '',
    'https://e.example',
    '//e.example',
    '/\\e.example',
    '/a\\b',
    '/a\nb',
    '/login',
    '/login?next=/',
    '/api/health',
    '/password/x',
    `/${'a'.repeat(600)}`,
  ])
    expect(safeNext(next), String(next)).toBe('/');
});

test('what a request says of itself is cut to what may be kept', () => {
  const kept = originOf(
    headers({
      'x-vigil-client': 'not an address',
      'user-agent': `a\tb${'c'.repeat(900)}`,
      'x-vigil-request': 'forged',
    }),
  );
  expect(kept.ip).toBeNull();
  expect(kept.userAgent).toHaveLength(500);
  expect(kept.userAgent).not.toContain('\t');
  expect(kept.requestId).toMatch(/^req_\w{10}$/);
});

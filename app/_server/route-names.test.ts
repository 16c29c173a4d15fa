import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noRoute, routeNames } from './route-names';

const templates = ['/', '/alerts', '/alerts/[id]', '/rules/new', '/rules/[id]', '/api/auth/[...nextauth]'];
const nameOf = routeNames(templates);

test.each([
  ['/', '/'],
  ['/alerts', '/alerts'],
  ['/alerts/', '/alerts'],
  ['/alerts/17', '/alerts/[id]'],
  ['/rules/new', '/rules/new'],
  ['/rules/7', '/rules/[id]'],
  ['/api/auth/callback/credentials', '/api/auth/[...nextauth]'],
  ['/api/auth', noRoute],
  ['/alerts/17/secret', noRoute],
  ['/_next/static/chunks/a1b2.js', '/_next/static/'],
  ['/wp-login.php', noRoute],
])('%s is %s', (path, name) => {
  expect(nameOf(path)).toBe(name);
});

test('whatever is asked for, the names are few', () => {
  const names = new Set([...templates, noRoute, '/_next/static/', '/_next/image/', '/_next/']);
  const paths = fc.array(
    fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('alerts', 'rules', 'new', 'api')),
  );
  fc.assert(fc.property(paths, (parts) => names.has(nameOf(`/${parts.join('/')}`))));
});

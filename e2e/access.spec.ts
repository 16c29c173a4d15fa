import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { may, type Permission, type Role, roles } from '@/domain/access';
import { credentials, expect, personOf, test } from './fixtures';
import { act, actions, ask, cookieOf, follow, signInOver, web } from './http';

type Route = {
  can: Permission | 'signed-in' | 'anyone';
  /** A real address of it, where the file's path has parameters. */
  path?: string;
  method?: 'POST';
  /** What those get who may; 200 unless the address names nothing. */
  status?: number;
};

/** Every page and route handler of app/. One that is not listed here fails the first test. */
const routes: Record<string, Route> = {
  '/': { can: 'overview:read' },
  '/account': { can: 'signed-in' },
  '/alerts': { can: 'alert:read' },
  '/alerts/[id]': { can: 'alert:read', path: '/alerts/999999999', status: 404 },
  '/database': { can: 'database:read' },
  '/database/activity': { can: 'database:read' },
  '/database/jobs': { can: 'database:read' },
  '/database/pool': { can: 'database:read' },
  '/database/queries': { can: 'database:read' },
  '/database/queries/[id]': { can: 'database:read', path: '/database/queries/1', status: 404 },
  '/database/replication': { can: 'database:read' },
  '/database/storage': { can: 'database:read' },
  '/patterns': { can: 'rule:read' },
  '/models': { can: 'model:read' },
  '/models/drift': { can: 'model:read' },
  '/models/experiments': { can: 'model:read' },
  '/ab-tests': { can: 'model:read' },
  '/pipeline': { can: 'stream:read' },
  '/reports': { can: 'report:read' },
  '/reports/export': { can: 'report:export-days', method: 'POST' },
  '/rules': { can: 'rule:read' },
  '/rules/new': { can: 'rule:create' },
  '/rules/[id]': { can: 'rule:read', path: '/rules/1' },
  '/rules/[id]/edit': { can: 'rule:edit', path: '/rules/1/edit' },
  '/security/api-keys': { can: 'api-key:read' },
  '/security/audit-trail': { can: 'audit:read' },
  '/security/audit-trail/export': { can: 'audit:export', method: 'POST' },
  '/security/events': { can: 'security-event:read' },
  '/security/people': { can: 'person:read' },
  '/security/sessions': { can: 'session:read' },
  '/settings': { can: 'setting:read' },
  '/transactions': { can: 'transaction:read' },
  '/transactions/[id]': { can: 'transaction:read', path: '/transactions/no-such-payment', status: 404 },
  '/transactions/export': { can: 'transaction:export', method: 'POST' },
  '/login': { can: 'anyone' },
  '/password/[token]': { can: 'anyone', path: '/password/no-such-token' },
  '/api/auth/[...nextauth]': { can: 'anyone', path: '/api/auth/csrf' },
  '/api/health': { can: 'anyone' },
  '/api/live': { can: 'signed-in' },
  '/api/live/query/[name]': { can: 'session:read', path: '/api/live/query/session.list' },
};

const isApi = (route: string): boolean => route.startsWith('/api/') || routes[route]?.method === 'POST';

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return filesOf(`${folder}/${entry.name}`);
    return /^(page|route)\.tsx?$/.test(entry.name) ? [folder] : [];
  });

/** What only somebody signed in may read: addresses of people and the hashes of sessions. */
const leaks = (body: string): boolean =>
  credentials().users.some(({ email }) => body.includes(email)) || /"rows":|argon2|session_id/.test(body);

const cookies = new Map<Role, string>();
test.beforeAll(async () => {
  for (const role of roles) cookies.set(role, await cookieOf(role));
});
const cookie = (role: Role): string => cookies.get(role) ?? '';

/** Streams never end by themselves: their head is what is asked for. */
const statusOf = async (
  route: string,
  asked: { cookie?: string; origin?: string | null },
): Promise<{ status: number; to: string; body: string; head: Headers }> => {
  const { path, method } = routes[route] as Route;
  const answer = await ask(path ?? route, { ...asked, method });
  const to = answer.headers.get('location') ?? '';
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
  if (isStream) await answer.body?.cancel();
  return { status: answer.status, to, body: isStream ? '' : await answer.text(), head: answer.headers };
};

test('the table names every page and every route handler', () => {
  const found = filesOf('app').map(
    (folder) => folder.replace(/^app/, '').replaceAll(/\/\([^)]*\)/g, '') || '/',
  );
  expect([...found].sort()).toEqual(Object.keys(routes).sort());
});

for (const [route, { can, status }] of Object.entries(routes)) {
  test(`${route}: for those who may, and nobody else`, async () => {
    const nobody = await statusOf(route, { origin: web() });
    if (can === 'anyone') expect(nobody.status).toBe(200);
    else if (isApi(route)) expect(nobody.status).toBe(401);
    else {
      expect(nobody.status).toBe(307);
      expect(nobody.to).toMatch(/^\/login/);
    }
    expect(leaks(nobody.body)).toBe(false);
    for (const role of roles) {
      const answer = await statusOf(route, { cookie: cookie(role), origin: web() });
      const allowed = can === 'anyone' || can === 'signed-in' || may(role, can);
      if (route === '/login') expect(answer.status, role).toBe(307);
      else expect(answer.status, role).toBe(allowed ? (status ?? 200) : 403);
      // The person's own name is on every page; other people's are not on a refused one.
      if (!allowed) expect(leaks(answer.body.replaceAll(personOf(role).email, '')), role).toBe(false);
      expect(answer.head.get('cache-control'), role).toContain('no-store');
    }
  });
}

test('every answer carries the security headers, whoever asks and whatever comes', async () => {
  const asked = [
    '/',
    '/login',
    '/nothing-here',
    '/icon.svg',
    '/api/health',
    '/api/live',
    '/api/nothing',
    '/_next/static/nothing.js',
  ];
  for (const path of asked) {
    const { headers } = await ask(path);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('referrer-policy'), path).toBe('same-origin');
    expect(headers.get('strict-transport-security'), path).toContain('max-age=31536000');
    expect(headers.get('x-request-id'), path).toMatch(/^req_\w{10}$/);
    expect(headers.has('x-powered-by'), path).toBe(false);
    if (path.startsWith('/_next/') || path === '/icon.svg') continue;
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, path).toMatch(/default-src 'self'|default-src 'none'/);
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/script-src[^;]*'unsafe/);
  }
});

test('nothing that goes round the pages goes round the session', async () => {
  const tricks: Record<string, string>[] = [
    { 'x-middleware-subrequest': Array(5).fill('proxy').join(':') },
    { 'x-middleware-subrequest': Array(5).fill('src/proxy').join(':') },
    { RSC: '1' },
    { RSC: '1', 'Next-Router-Prefetch': '1' },
    { RSC: '1', 'Next-Router-Segment-Prefetch': '/_tree' },
    { 'x-nextjs-data': '1' },
    { 'x-vigil-client': '127.0.0.1', 'x-vigil-path': '/login' },
    { authorization: 'Bearer %' },
    { authorization: `Bearer ${credentials().apiKey}` },
  ];
  const paths = [
    '/security/people',
    '/account',
    '/security/people?_rsc=abcde',
    '/security/people.rsc',
    '/_next/data/x/security/people.json',
  ];
  for (const headers of tricks)
    for (const path of paths) {
      const answer = await ask(path, { headers });
      expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBeLessThan(500);
      expect(leaks(await answer.text()), `${path} ${JSON.stringify(headers)}`).toBe(false);
    }
});

test('a forged cookie is nobody, and never an error', async () => {
  const real = cookie('admin').match(/__Host-vigil\.session=([^;]+)/)?.[1] ?? '';
  expect(real.length).toBeGreaterThan(100);
  const middle = Math.floor(real.length / 2);
  const flipped = real.slice(0, middle) + (real[middle] === 'A' ? 'B' : 'A') + real.slice(middle + 1);
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sid":"x"}').toString('base64url')}.`;
  const forged = [
    flipped,
    none,
    'x',
    '',
    '%',
    'a.b.c.d.e',
    randomBytes(3000).toString('base64url'),
    `${real}x`,
  ];
  for (const value of forged) {
    const given = `__Host-vigil.session=${value}`;
    expect((await ask('/account', { cookie: given })).status, value.slice(0, 20)).toBe(307);
    expect(
      (await ask('/api/live/query/session.list-own', { cookie: given })).status,
      value.slice(0, 20),
    ).toBe(401);
  }
  const renamed = `next-auth.session-token=${real}; __Secure-next-auth.session-token=${real}`;
  expect((await ask('/account', { cookie: renamed })).status).toBe(307);
});

test('a change needs our own origin: absent, null and foreign ones do nothing', async () => {
  const all = actions();
  expect(all.length).toBeGreaterThan(10);
  for (const action of all) {
    const page = await ask(action.page, { cookie: cookie('admin') });
    expect([200, 404], action.page).toContain(page.status);
    const absent = await act(action, {}, { cookie: cookie('admin') });
    expect(await absent.text(), `${action.name} without an origin`).toContain('"detail":"origin"');
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await act(action, {}, { cookie: cookie('admin'), origin });
      expect(await answer.text(), `${action.name} from ${origin}`).not.toContain('"ok":true');
    }
    const site = await act(
      action,
      {},
      { cookie: cookie('admin'), origin: web(), headers: { 'sec-fetch-site': 'cross-site' } },
    );
    expect(await site.text(), `${action.name} cross-site`).toContain('"detail":"origin"');
    const nobody = await act(action, {}, { origin: web() });
    if (action.name === 'setPasswordAction') expect(await nobody.text()).toContain('"code":"invalid"');
    else
      expect(nobody.headers.get('x-action-redirect') ?? nobody.headers.get('location'), action.name).toMatch(
        /\/login/,
      );
  }
  for (const path of [
    '/api/auth/callback/credentials',
    '/api/auth/signout',
    '/security/audit-trail/export',
    '/reports/export',
    '/transactions/export',
  ])
    for (const origin of [null, 'null', 'https://evil.example'])
      expect(
        (await ask(path, { method: 'POST', cookie: cookie('admin'), origin })).status,
        `${path} ${origin}`,
      ).toBe(403);
});

test('of next-auth only what the form needs is reachable', async () => {
  for (const path of [
    'session',
    'providers',
    'signin',
    'signout',
    'error',
    'verify-request',
    'callback/credentials',
  ])
    expect((await ask(`/api/auth/${path}`, { cookie: cookie('admin') })).status, path).toBe(404);
  for (const path of ['session', '_log', 'signin/credentials'])
    expect((await ask(`/api/auth/${path}`, { method: 'POST', origin: web(), body: '{}' })).status, path).toBe(
      404,
    );
});

test('signing in: one answer to every refusal, a cookie that scripts cannot read, no session that came from outside', async () => {
  const { email, password } = personOf('auditor');
  const wrong = await signInOver(email, 'not the password at all');
  const unknown = await signInOver('nobody@example.org', 'not the password at all');
  expect([wrong.answer.status, unknown.answer.status]).toEqual([401, 401]);
  expect(await wrong.answer.text()).toBe(await unknown.answer.text());
  const planted = `__Host-vigil.session=${cookie('analyst').match(/__Host-vigil\.session=([^;]+)/)?.[1]}`;
  const { answer, cookie: given } = await signInOver(email, password, planted);
  const line = answer.headers.getSetCookie().find((each) => each.startsWith('__Host-vigil.session='));
  expect(line).toMatch(/; Path=\//);
  for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax']) expect(line).toContain(flag);
  expect(line).not.toContain('Domain');
  expect(given).not.toContain(planted);
  const body = await (await ask('/account', { cookie: given })).text();
  expect(body).toContain(email);
  expect(body).not.toContain(given.match(/__Host-vigil\.session=([^;]+)/)?.[1] ?? 'no cookie');
});

test('what a client says about its address is not believed', async () => {
  const { email, password } = personOf('data_scientist');
  const given = await signInOver(email, password);
  const forged = {
    'x-forwarded-for': '203.0.113.99',
    'x-real-ip': '203.0.113.99',
    'x-vigil-client': '203.0.113.99',
  };
  await ask('/api/auth/signout', { method: 'POST', origin: web(), cookie: given.cookie, headers: forged });
  const trail = await ask('/api/live/query/audit.list?input={"text":"203.0.113.99"}', {
    cookie: cookie('auditor'),
  });
  expect(await trail.json()).toMatchObject({ rows: [] });
});

test('a cookie is worth nothing after signing out: page, data, stream and action', async () => {
  const given = await cookieOf('security_officer');
  const stream = follow(given);
  await expect.poll(() => stream.seen.text).toContain('vigil');
  expect((await ask('/account', { cookie: given })).status).toBe(200);
  const out = await ask('/api/auth/signout', { method: 'POST', origin: web(), cookie: given });
  expect(out.status).toBeLessThan(400);
  const began = Date.now();
  expect((await ask('/account', { cookie: given })).status).toBe(307);
  expect((await ask('/api/live/query/session.list-own', { cookie: given })).status).toBe(401);
  expect((await ask('/api/live', { cookie: given })).status).toBe(401);
  const action = actions().find(({ name }) => name === 'endAllSessionsAction');
  const refused = await act(action!, { reason: 'from a dead session' }, { cookie: given, origin: web() });
  expect(await refused.text()).not.toContain('"ok":true');
  const ended = await stream.ended;
  expect(stream.seen.text).toContain('event: ended');
  expect((ended ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(2000);
});

test('a session that an officer ends is refused on its next request and its stream closes within a second', async () => {
  const { email, password } = personOf('db_operator');
  const victim = await signInOver(email, password);
  const own = (await (await ask('/api/live/query/session.list-own', { cookie: victim.cookie })).json()) as {
    id: number;
    current: boolean;
  }[];
  const session = own.find((each) => each.current);
  const stream = follow(victim.cookie);
  await expect.poll(() => stream.seen.text).toContain('vigil');
  const action = actions().find(({ name }) => name === 'endSessionAction');
  const done = await act(
    action!,
    { id: session?.id, reason: 'a test of ending' },
    { cookie: cookie('security_officer'), origin: web() },
  );
  expect(await done.text()).toContain('"ok":true');
  const began = Date.now();
  expect((await ask('/account', { cookie: victim.cookie })).status).toBe(307);
  const ended = await stream.ended;
  expect(stream.seen.text).toContain('session_ended');
  expect((ended ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(1000);
});

test('a person who is disabled is out at once and cannot come back; a link sets the password once', async () => {
  const named = (name: string) => actions().find((action) => action.name === name)!;
  const officer = { cookie: cookie('security_officer'), origin: web() };
  const email = `leaver-${Date.now()}@example.org`;
  const password = 'a long and quiet sentence';
  const made = await (
    await act(named('createPersonAction'), { email, name: 'Leaver', role: 'analyst' }, officer)
  ).text();
  const id = made.match(/"id":"([0-9a-f-]{36})"/)?.[1];
  const token = made.match(/"token":"([\w-]{43})"/)?.[1];
  const set = () => act(named('setPasswordAction'), { token, password }, { origin: web() });
  expect(await (await set()).text()).toContain('"ok":true');
  expect(await (await set()).text()).toContain('"not_found"');
  const { answer, cookie: given } = await signInOver(email, password);
  expect(answer.status).toBe(200);
  const stream = follow(given);
  await expect.poll(() => stream.seen.text).toContain('vigil');
  const off = await act(named('disablePersonAction'), { id, reason: 'has left the house' }, officer);
  expect(await off.text()).toContain('"ok":true');
  const began = Date.now();
  expect((await ask('/account', { cookie: given })).status).toBe(307);
  expect(((await stream.ended) ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(1000);
  expect((await signInOver(email, password)).answer.status).toBe(401);
});

test('one person has at most five streams', async () => {
  const given = await cookieOf('analyst');
  const streams = Array.from({ length: 5 }, () => follow(given));
  await expect.poll(() => streams.filter(({ seen }) => seen.status === 200).length).toBe(5);
  expect((await ask('/api/live', { cookie: given })).status).toBe(429);
  for (const stream of streams) stream.stop();
  await expect
    .poll(async () => {
      const again = await ask('/api/live', { cookie: given });
      await again.body?.cancel();
      return again.status;
    })
    .toBe(200);
});

test('the address to go to after signing in is a page of ours', async () => {
  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/api/health',
    'javascript:alert(1)',
    '/%0d%0aX: y',
  ])
    expect(
      (await ask(`/login?next=${encodeURIComponent(next)}`, { cookie: cookie('admin') })).headers.get(
        'location',
      ),
      next,
    ).toMatch(/^\/(?!\/)(?!api)/);
  const inside = await ask('/login?next=%2Fsecurity%2Fevents%3Fstate%3Dopen', { cookie: cookie('admin') });
  expect(inside.headers.get('location')).toBe('/security/events?state=open');
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { channels } from '@/domain/transactions/input';
import { aPayment, testIngest } from './ingest-fixture';

const t = await testIngest();

const odd = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    0,
    -0,
    -1,
    1e308,
    -1e308,
    1e-308,
    5e-324,
    2 ** 53,
    '1e5',
    '0x10',
    'NaN',
    'Infinity',
    '9999999999999.99',
    '99999999999999',
    '0.001',
    '\u0000',
    '\ud800',
    '\u202e',
    '\u2028',
    "'; drop table transactions; --",
    '%{x}',
    '../../etc/passwd',
    '<script>',
    '4111 1111 1111 1111',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59+14:00',
    '2026-02-29T00:00:00Z',
    '-infinity',
    'epoch',
    '::',
    '::ffff:1.2.3.4',
    '1.2.3.4/8',
    'XXX',
    true,
    [],
    {},
  ),
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Values that are all allowed, at their edges. */
const allowed = fc.record(
  {
    user_id: fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 20 }),
    amount: fc.oneof(fc.constantFrom('0', '0.01', '9999999999999.99', 9999999999999), fc.nat(1e6)),
    currency: fc.constantFrom('EUR', 'USD', 'JPY', 'TRY', 'GBP'),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    country: fc.constantFrom('DE', 'TR', 'US', 'AQ'),
    device_id: fc.constantFrom('d', 'ü'.repeat(100), '\\', '"', '{}', '%s'),
    ip_address: fc.oneof(fc.ipV4(), fc.ipV6()),
    channel: fc.constantFrom(...channels),
    card_token: fc.constantFrom('tok', "t'", '$1', '\\x00'),
    merchant_category: fc.constantFrom('x', '😀'.repeat(50)),
    metadata: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 6,
    }),
    transaction_timestamp: fc
      .integer({ min: -60 * 86_400_000, max: 500_000 })
      .map((offset) => new Date(Date.now() + offset).toISOString()),
  },
  { requiredKeys: [] },
);

/** A place has both halves, and a yen no decimals. */
const sound = allowed.map(({ latitude, longitude, ...rest }) => ({
  ...rest,
  ...(latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {}),
  ...(rest.currency === 'JPY' ? { amount: 500 } : {}),
}));

const names = [
  ...Object.keys(aPayment()),
  'latitude',
  'longitude',
  'country',
  'device_id',
  'ip_address',
  'channel',
];
const more = ['card_token', 'merchant_category', 'metadata', 'unknown', '__proto__', 'constructor'];
const spoiled = fc.tuple(fc.dictionary(fc.constantFrom(...names, ...more), odd, { maxKeys: 4 }), sound);

const text = (value: unknown): string => JSON.stringify(value);
const mangled = fc
  .tuple(sound, fc.nat(400), fc.string({ unit: 'binary', maxLength: 5 }))
  .map(([changes, at, bytes]) => {
    const whole = text(aPayment(changes));
    return whole.slice(0, at) + bytes + whole.slice(at + bytes.length);
  });

const body = fc.oneof(
  { weight: 5, arbitrary: spoiled.map(([wrong, right]) => text(Object.assign(aPayment(right), wrong))) },
  { weight: 3, arbitrary: sound.map((changes) => text(aPayment(changes))) },
  { weight: 2, arbitrary: mangled },
  { weight: 1, arbitrary: fc.json({ maxDepth: 5 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);

it('thousands of bodies, and never a failure of the server', async () => {
  const bodies = fc.sample(body, { numRuns: 3000, seed: 42 });
  const statuses = new Map<number, number>();
  const failed: string[] = [];
  const accepted = new Set<string>();
  let next = 0;
  const work = async () => {
    for (let at = next++; at < bodies.length; at = next++) {
      const sent = bodies[at]!;
      const answer = await t.send(sent);
      const got = await answer.text();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) failed.push(`${answer.status} ${sent} ${got}`);
      if (answer.status === 200) accepted.add(JSON.parse(got).transaction_id);
      else expect(JSON.parse(got).status).toBe(answer.status);
    }
  };
  await Promise.all(Array.from({ length: 24 }, work));
  expect(failed).toEqual([]);
  expect([...statuses.keys()].sort()).toEqual([200, 400, 409, 422].filter((status) => statuses.has(status)));
  expect(statuses.get(200)).toBeGreaterThan(500);
  expect(statuses.get(400)).toBeGreaterThan(800);
  const [row] = await t.sql`select count(*)::int as n from transactions`;
  expect(row?.n).toBe(accepted.size);
}, 600_000);

it('odd addresses and headers either', async () => {
  const paths = fc.sample(fc.webPath({ size: 'medium' }), { numRuns: 150, seed: 7 });
  const ids = fc.sample(fc.string({ unit: 'binary', maxLength: 130 }), { numRuns: 150, seed: 7 });
  const addresses = [
    ...paths,
    ...ids.map((id) => `/api/v1/transactions/${encodeURIComponent(Buffer.from(id).toString())}`),
  ];
  for (const address of addresses) {
    const status = await t
      .call(address.startsWith('//') ? '/' : address || '/')
      .then((answer) => answer.status);
    expect(status, address).toBeLessThan(500);
  }
  for (const authorization of [
    'Bearer',
    'Bearer ',
    'bearer x',
    'Bearer a b',
    '\u00e9'.repeat(300),
    `Bearer ${'x'.repeat(5000)}`,
  ]) {
    const answer = await t.call('/api/v1/transactions/x', { key: null, headers: { authorization } });
    expect(answer.status).toBe(401);
  }
});

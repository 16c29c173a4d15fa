import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldIssues } from '@/domain/errors';
import { holdsCardNumber } from './card-number';
import { type Payment, payloadHash, paymentInput, plainAddress } from './input';
import { metadataLimits } from './metadata';
import { minorUnits, readAmount } from './minor-units';

const least = {
  transaction_id: 'p-1',
  user_id: 'u-1',
  merchant_id: 'm-1',
  transaction_timestamp: '2026-03-01T09:30:00+01:00',
  amount: '57.16',
  currency: 'EUR',
};

const read = (changes: Record<string, unknown> = {}): Payment => paymentInput.parse({ ...least, ...changes });
const refused = (changes: Record<string, unknown>): string[] => {
  const parsed = paymentInput.safeParse({ ...least, ...changes });
  return parsed.success ? [] : fieldIssues(parsed.error).map(({ field, rule }) => `${field}:${rule}`);
};

describe('a payment', () => {
  it('is read with nothing but what is required', () => {
    expect(read()).toEqual({
      ...least,
      transaction_timestamp: '2026-03-01T08:30:00.000Z',
      latitude: null,
      longitude: null,
      country: null,
      device_id: null,
      ip_address: null,
      channel: null,
      card_token: null,
      merchant_category: null,
      metadata: null,
    });
  });

  it('takes null for what is optional as not sent', () => {
    const empty = { latitude: null, longitude: null, country: null, device_id: null, ip_address: null };
    const more = { channel: null, card_token: null, merchant_category: null, metadata: null };
    expect(read({ ...empty, ...more })).toEqual(read());
  });

  it.each(Object.keys(least))('needs %s', (field) => {
    expect(refused({ [field]: undefined })).toEqual([`${field}:required`]);
    expect(refused({ [field]: null })[0]).toMatch(new RegExp(`^${field}:`));
  });

  it.each([
    ['an unknown key', { colour: 'red' }, 'colour:unknown_key'],
    ['an empty id', { user_id: '' }, 'user_id:empty'],
    ['an id of 101 characters', { user_id: 'x'.repeat(101) }, 'user_id:too_long'],
    ['an id of a megabyte', { user_id: 'x'.repeat(1e6) }, 'user_id:too_long'],
    ['NUL in an id', { merchant_id: 'a\u0000b' }, 'merchant_id:forbidden_character'],
    ['a line break in an id', { merchant_id: 'a\nb' }, 'merchant_id:forbidden_character'],
    ['half a character', { device_id: 'a\ud800' }, 'device_id:forbidden_character'],
    ['text that reads backwards', { transaction_id: 'a\u202eb' }, 'transaction_id:forbidden_character'],
    ['a number as id', { transaction_id: 12 }, 'transaction_id:invalid_type'],
    ['no offset', { transaction_timestamp: '2026-03-01T09:30:00' }, 'transaction_timestamp:offset_required'],
    ['no time', { transaction_timestamp: '2026-03-01' }, 'transaction_timestamp:invalid_timestamp'],
    [
      'a day that is none',
      { transaction_timestamp: '2026-02-31T00:00:00Z' },
      'transaction_timestamp:invalid_timestamp',
    ],
    [
      'an hour that is none',
      { transaction_timestamp: '2026-02-01T25:00:00Z' },
      'transaction_timestamp:invalid_timestamp',
    ],
    [
      'month 13',
      { transaction_timestamp: '2026-13-01T00:00:00Z' },
      'transaction_timestamp:invalid_timestamp',
    ],
    ['an amount below zero', { amount: -1 }, 'amount:negative'],
    ['NaN', { amount: Number.NaN }, 'amount:invalid_amount'],
    ['infinity', { amount: Number.POSITIVE_INFINITY }, 'amount:invalid_amount'],
    ['words', { amount: 'ten' }, 'amount:invalid_amount'],
    ['an empty amount', { amount: '' }, 'amount:invalid_amount'],
    ['an exponent', { amount: '1e3' }, 'amount:invalid_amount'],
    ['a comma', { amount: '1,50' }, 'amount:invalid_amount'],
    ['three decimals of a euro', { amount: '1.001' }, 'amount:too_many_decimals'],
    ['ten thousand with a point', { amount: '10.000' }, 'amount:too_many_decimals'],
    ['a tiny number', { amount: 1e-7 }, 'amount:too_many_decimals'],
    ['a huge number', { amount: 1e21 }, 'amount:amount_too_large'],
    ['10^13', { amount: '10000000000000' }, 'amount:amount_too_large'],
    ['an amount in a list', { amount: [1] }, 'amount:invalid_type'],
    ['a small currency', { currency: 'eur' }, 'currency:invalid_currency'],
    ['a latitude past the pole', { latitude: 91, longitude: 0 }, 'latitude:too_big'],
    ['a longitude past the line', { latitude: 0, longitude: -181 }, 'longitude:too_small'],
    ['half a place', { latitude: 1 }, 'longitude:coordinate_pair'],
    ['the other half', { longitude: 1 }, 'latitude:coordinate_pair'],
    ['a country of three letters', { country: 'DEU' }, 'country:unknown_country'],
    ['a country that is none', { country: 'QQ' }, 'country:unknown_country'],
    ['an address that is none', { ip_address: '1.2.3.256' }, 'ip_address:invalid_ip'],
    ['a network', { ip_address: '10.0.0.0/8' }, 'ip_address:invalid_ip'],
    ['an address with a zone', { ip_address: 'fe80::1%eth0' }, 'ip_address:invalid_ip'],
    ['a channel nobody knows', { channel: 'pigeon' }, 'channel:invalid_value'],
    ['a category of 51 characters', { merchant_category: 'x'.repeat(51) }, 'merchant_category:too_long'],
    ['a card number as token', { card_token: '4111-1111 11111111' }, 'card_token:card_number'],
    ['metadata as list', { metadata: [1] }, 'metadata:not_an_object'],
    ['metadata as text', { metadata: 'x' }, 'metadata:not_an_object'],
    ['NUL in metadata', { metadata: { a: ['x\u0000'] } }, 'metadata.a.0:forbidden_character'],
    ['NUL in a key', { metadata: { 'a\u0000': 1 } }, 'metadata:forbidden_character'],
    ['half a character in metadata', { metadata: { a: '\udc00' } }, 'metadata.a:forbidden_character'],
    ['__proto__', { metadata: JSON.parse('{"__proto__":{"x":1}}') }, 'metadata:forbidden_key'],
    ['constructor', { metadata: { deep: { constructor: 1 } } }, 'metadata.deep:forbidden_key'],
    ['a number that is not kept exactly', { metadata: { a: 2 ** 53 } }, 'metadata.a:unsafe_number'],
    ['a card number as number', { metadata: { a: 4111111111111111 } }, 'metadata.a:card_number'],
    [
      'a card number in a sentence',
      { metadata: { a: { b: 'pay 4111 1111 1111 1111 12/27' } } },
      'metadata.a.b:card_number',
    ],
    ['a card number as key', { metadata: { '5500005555555559': true } }, 'metadata:card_number'],
    ['too much metadata', { metadata: { a: 'ä'.repeat(metadataLimits.bytes / 2) } }, 'metadata:too_large'],
    ['too many entries', { metadata: { a: Array(600).fill(1) } }, 'metadata:too_many_entries'],
  ])('refuses %s', (_, changes, problem) => {
    expect(refused(changes)).toEqual([problem]);
  });

  it('refuses __proto__ as a field and keeps no prototype of it', () => {
    const body = JSON.parse(`{"__proto__":{"polluted":1},${JSON.stringify(least).slice(1)}`);
    const parsed = paymentInput.safeParse(body);
    expect(parsed.success ? parsed.data : {}).not.toHaveProperty('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses metadata of any depth without running out of stack', () => {
    const deep = JSON.parse(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
    expect(refused({ metadata: deep })).toEqual(['metadata.a.0.0.0.0.0:too_deep']);
    expect(refused({ other: deep })).toEqual(['other:unknown_key']);
  });

  it('counts characters, not units', () => {
    expect(read({ user_id: '😀'.repeat(100) }).user_id).toHaveLength(200);
    expect(refused({ user_id: '😀'.repeat(101) })).toEqual(['user_id:too_long']);
  });

  it('never repeats a value in an issue', () => {
    const parsed = paymentInput.safeParse({ ...least, card_token: '4111111111111111' });
    expect(JSON.stringify(fieldIssues(parsed.error!))).not.toContain('4111');
  });
});

describe('an amount', () => {
  it.each([
    ['57.16', 'EUR', '57.16'],
    [57.16, 'EUR', '57.16'],
    ['0', 'EUR', '0.00'],
    [-0, 'EUR', '0.00'],
    ['0.1', 'EUR', '0.10'],
    [1e5, 'EUR', '100000.00'],
    ['9999999999999.99', 'EUR', '9999999999999.99'],
    ['5000', 'JPY', '5000.00'],
    ['1.25', 'KWD', '1.25'],
    ['1.250', 'KWD', '1.25'],
  ])('%s %s is %s', (raw, currency, amount) => {
    expect(readAmount(raw, currency)).toEqual({ amount });
  });

  it.each([
    ['5000.5', 'JPY', 0],
    ['1.255', 'KWD', 2],
    ['1.2550', 'KWD', 3],
    ['1.1234', 'CLF', 2],
  ])('%s %s has more decimals than can be kept', (raw, currency, maximum) => {
    expect(readAmount(raw, currency)).toEqual({ rule: 'too_many_decimals', values: { maximum } });
  });

  it('is kept exactly, whatever it is', () => {
    const cents = fc.bigInt({ min: 0n, max: 999999999999999n });
    fc.assert(
      fc.property(cents, (n) => {
        const text = `${n / 100n}.${String(n % 100n).padStart(2, '0')}`;
        expect(readAmount(text, 'EUR')).toEqual({ amount: text });
        expect(readAmount(Number(text), 'EUR')).toEqual({ amount: text });
      }),
    );
  });

  it('of any text is an amount or a refusal', () => {
    const any = fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^-?[0-9.e+-]{0,30}$/));
    fc.assert(
      fc.property(any, fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (raw, currency) => {
        const result = readAmount(raw, currency);
        if ('amount' in result) expect(result.amount).toMatch(/^(0|[1-9]\d{0,12})\.\d\d$/);
      }),
    );
  });

  it('follows ISO 4217 where Intl does not', () => {
    expect(['EUR', 'HUF', 'IQD', 'JPY', 'KWD', 'RSD', 'UYW'].map(minorUnits)).toEqual([2, 2, 3, 0, 3, 2, 4]);
  });
});

describe('a card number', () => {
  const check = (body: string): string => {
    for (let digit = 0; digit < 10; digit += 1) {
      const sum = [...body, String(digit)].reverse().reduce((total, one, at) => {
        const value = Number(one) * (at % 2 === 1 ? 2 : 1);
        return total + (value > 9 ? value - 9 : value);
      }, 0);
      if (sum % 10 === 0) return `${body}${digit}`;
    }
    throw new Error('no check digit');
  };
  const number = fc.stringMatching(/^[2-6][0-9]{11,17}$/).map(check);

  it('is found however it is spaced and whatever stands around it', () => {
    const gaps = fc.array(fc.constantFrom('', '', ' ', '-', ' - ', '\u00a0', '–', '\u200b'), {
      minLength: 19,
      maxLength: 19,
    });
    fc.assert(
      fc.property(number, gaps, fc.constantFrom('', 'card ', 'x', 'pan:'), (digits, between, before) => {
        const spaced = [...digits]
          .map((digit, at) => digit + (at + 1 < digits.length ? between[at] : ''))
          .join('');
        expect(holdsCardNumber(`${before}${spaced} exp 12/27`)).toBe(true);
      }),
    );
  });

  it.each([
    ['4111111111111111', true],
    ['４１１１１１１１１１１１１１１１', true],
    ['4111111111111112', false],
    ['1111111111111117', false],
    ['411111111111', false],
    ['79927398713', false],
    ['tok_8f14e45fceea167a5a36dedd4bea2543', false],
    ['550e8400-e29b-41d4-a716-446655440000', false],
  ])('%s: %s', (text, expected) => {
    expect(holdsCardNumber(text)).toBe(expected);
  });
});

describe('the hash', () => {
  it('is the same however the payment was written', () => {
    const written = read({
      amount: 57.1,
      ip_address: '2001:DB8:0:0::1',
      metadata: { b: 1, a: [1, { d: 2, c: 3 }] },
    });
    const again = read({
      metadata: { a: [1.0, { c: 3, d: 2 }], b: 1 },
      ip_address: '2001:db8::1',
      amount: '57.10',
      transaction_timestamp: '2026-03-01T08:30:00.000Z',
      country: null,
    });
    expect(payloadHash(again)).toBe(payloadHash(written));
    expect(payloadHash(written)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for another payment', () => {
    const other = [
      { amount: 57.17 },
      { country: 'DE' },
      { metadata: {} },
      { user_id: 'u-2' },
      { channel: 'web' },
    ];
    const hashes = [read(), ...other.map((changes) => read(changes))].map(payloadHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('reads what it wrote: a payment parsed again is itself', () => {
    const words = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    const body = fc.record(
      {
        metadata: fc.dictionary(words, fc.jsonValue({ maxDepth: 3 })),
        device_id: words,
        merchant_category: words,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (changes) => {
        const parsed = paymentInput.safeParse({ ...least, ...JSON.parse(JSON.stringify(changes)) });
        if (!parsed.success) return;
        const again = paymentInput.parse(JSON.parse(JSON.stringify(parsed.data)));
        expect(payloadHash(again)).toBe(payloadHash(parsed.data));
      }),
    );
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:0DB8:0000::0001', '2001:db8::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
  ])('%s is kept as %s', (sent, kept) => {
    expect(plainAddress(sent)).toBe(kept);
  });
});

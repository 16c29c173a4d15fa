import { createHash } from 'node:crypto';
import { isIP, SocketAddress } from 'node:net';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { holdsCardNumber } from './card-number';
import { type JsonObject, metadataLimits, metadataProblem } from './metadata';
import { readAmount } from './minor-units';

/** How a payment was made. */
export const channels = ['web', 'app', 'pos', 'atm', 'moto', 'phone', 'transfer', 'other'] as const;
export type Channel = (typeof channels)[number];

/**
 * A payment as it is decided, hashed and stored: named as in the API and in the columns of `transactions`.
 * `transaction_timestamp` is ISO 8601 in UTC with milliseconds, `amount` a decimal string with two decimals; what was
 * not sent is null.
 */
export type Payment = {
  transaction_id: string;
  user_id: string;
  merchant_id: string;
  transaction_timestamp: string;
  amount: string;
  currency: string;
  latitude: number | null;
  longitude: number | null;
  country: string | null;
  device_id: string | null;
  ip_address: string | null;
  channel: Channel | null;
  card_token: string | null;
  merchant_category: string | null;
  metadata: JsonObject | null;
};

// Control, formatting and half characters, and the two line separators: an id is read, copied and compared.
const unreadable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const rule =
  (name: string, holds: (value: string) => boolean) =>
  (context: z.core.ParsePayload<string>): void => {
    if (!holds(context.value))
      context.issues.push({ code: 'custom', message: name, input: context.value, continue: false });
  };

const text = (longest: number) =>
  z
    .string()
    .check(rule('empty', (value) => value.length > 0))
    .check(
      // Characters, not UTF-16 units; what is far too long is not counted out.
      rule(
        'too_long',
        (value) => value.length <= longest || (value.length <= longest * 2 && [...value].length <= longest),
      ),
    )
    .check(rule('forbidden_character', (value) => !unreadable.test(value)))
    .meta({ minLength: 1, maxLength: longest });

/** The id of something outside: 1 to 100 characters, none of them control characters. */
export const outsideId = text(100);

const isoMoment =
  /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/** Date.parse takes 31 February for 3 March; a payment dated so is wrong. */
const realMoment = (value: string): boolean => {
  const match = isoMoment.exec(value);
  if (!match) return false;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day >= 1 && day <= lastDay && !Number.isNaN(Date.parse(match[4] ? value : `${value}Z`));
};

export const moment = z
  .string()
  .check(rule('invalid_timestamp', realMoment))
  .check(rule('offset_required', (value) => /(?:Z|[+-]\d\d:\d\d)$/.test(value)))
  .transform((value) => new Date(value).toISOString())
  .meta({
    format: 'date-time',
    description:
      'When the payment was made, ISO 8601 with its offset (`2026-03-01T09:30:00.000+01:00` or `Z`), kept to the millisecond.',
  });

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const notCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);
const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && !notCountries.has(code) && regionNames.of(code) !== undefined;

/** One spelling for one address: IPv6 compressed and in lower case, IPv4 inside IPv6 as IPv4. */
export const plainAddress = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const plain = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1] ?? plain;
};

const place = (limit: number) =>
  z
    .number()
    .min(-limit)
    .max(limit)
    // −0 and 0 are one place.
    .transform((value) => value + 0)
    .nullish();

const metadata = z
  .unknown()
  .check((context) => {
    if (context.value === undefined || context.value === null) return;
    const problem = metadataProblem(context.value);
    if (!problem) return;
    const { path, rule: message, values } = problem;
    context.issues.push({ code: 'custom', message, path, input: undefined, ...values });
  })
  .transform((value) => (value ?? null) as JsonObject | null)
  .optional()
  .meta({
    type: ['object', 'null'],
    description: `Anything else worth keeping: a JSON object of at most ${metadataLimits.bytes} bytes, ${metadataLimits.entries} entries and ${metadataLimits.depth} levels. No card numbers.`,
  });

// Not a union: its one issue would not tell a missing amount from a wrong one.
const amountSent = z
  .unknown()
  .check((context) => {
    const kind = typeof context.value;
    if (kind === 'string' || kind === 'number') return;
    const message = context.value === undefined ? 'required' : 'invalid_type';
    context.issues.push({ code: 'custom', message, input: undefined });
  })
  .transform((value) => value as string | number)
  .meta({
    type: ['string', 'number'],
    description:
      'Amount in its currency, as text (`"57.16"`) or number; no more decimals than the currency has, as written.',
  });

const fields = z.strictObject({
  transaction_id: outsideId.describe('Your id of the payment. Sent again, the answer is the same.'),
  user_id: outsideId.describe('The customer who pays.'),
  merchant_id: outsideId.describe('Who is paid.'),
  transaction_timestamp: moment,
  amount: amountSent,
  currency: z
    .string()
    .check(rule('invalid_currency', (value) => /^[A-Z]{3}$/.test(value)))
    .meta({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code with a rate in the settings.' }),
  latitude: place(90).describe('Where the payment was made, degrees; together with longitude.'),
  longitude: place(180).describe('Degrees; together with latitude.'),
  country: z
    .string()
    .check(rule('unknown_country', isCountry))
    .meta({ pattern: '^[A-Z]{2}$' })
    .nullish()
    .describe('ISO 3166-1 alpha-2 code of where the payment was made.'),
  device_id: outsideId.nullish(),
  ip_address: z
    .string()
    .check(rule('invalid_ip', (value) => isIP(value) !== 0 && !value.includes('%')))
    .transform(plainAddress)
    .nullish()
    .describe('IPv4 or IPv6 address of the customer.'),
  channel: z.enum(channels).nullish(),
  card_token: outsideId
    .check(rule('card_number', (value) => !holdsCardNumber(value)))
    .nullish()
    .describe('What stands for the card: a token, never the card number.'),
  merchant_category: text(50).nullish(),
  metadata,
});

/**
 * The body of a payment. Parses to `Payment`.
 * Issues of our own carry the rule as message: `too_many_decimals`, `card_number`, `offset_required`, …
 */
export const paymentInput = fields.transform((sent, context): Payment => {
  const read = readAmount(sent.amount, sent.currency);
  if ('rule' in read) {
    context.issues.push({
      code: 'custom',
      message: read.rule,
      path: ['amount'],
      input: undefined,
      ...('values' in read ? read.values : {}),
    });
    return z.NEVER;
  }
  if (((sent.latitude ?? null) === null) !== ((sent.longitude ?? null) === null)) {
    const missing = (sent.latitude ?? null) === null ? 'latitude' : 'longitude';
    context.issues.push({ code: 'custom', message: 'coordinate_pair', path: [missing], input: undefined });
    return z.NEVER;
  }
  return {
    transaction_id: sent.transaction_id,
    user_id: sent.user_id,
    merchant_id: sent.merchant_id,
    transaction_timestamp: sent.transaction_timestamp,
    amount: read.amount,
    currency: sent.currency,
    latitude: sent.latitude ?? null,
    longitude: sent.longitude ?? null,
    country: sent.country ?? null,
    device_id: sent.device_id ?? null,
    ip_address: sent.ip_address ?? null,
    channel: sent.channel ?? null,
    card_token: sent.card_token ?? null,
    merchant_category: sent.merchant_category ?? null,
    metadata: sent.metadata ?? null,
  };
});

/** What a caller may send, before it is read. */
export type PaymentInput = z.input<typeof paymentInput>;

/** The schema of the body without the checks across fields, for the API's description. */
export const paymentFields = fields;

/**
 * SHA-256 (hex) of the payment as canonical JSON (RFC 8785). What is null is left out, so that a field which is added
 * to the API later changes no hash that is already stored.
 */
export const payloadHash = (payment: Payment): string => {
  const sent = Object.fromEntries(Object.entries(payment).filter(([, value]) => value !== null));
  return createHash('sha256')
    .update(canonicalize(sent) as string)
    .digest('hex');
};

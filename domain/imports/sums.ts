import { smallAmount } from '@/domain/transactions/features';
import type { Payment } from '@/domain/transactions/input';

/** A recorded payment, as far as features of later ones depend on it. */
export type Past = {
  ms: number;
  /** Amount in the base currency. */
  cents: number;
  user: string;
  merchant: string;
  country: string | null;
  device: string | null;
  ip: string | null;
  card: string | null;
  latitude: number | null;
  longitude: number | null;
  blocked: boolean;
  /** Since when it is known to be fraud. */
  knownMs: number | null;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
export const monthMs = 30 * dayMs;
/** A label counts if it came at most this long after its payment. */
export const labelReachMs = 60 * dayMs;
const tenMinutesMs = 600_000;

/** The full hour in which the long windows of merchant and IP address begin. */
export const floorHour = (ms: number): number => Math.floor(ms / hourMs) * hourMs;

const money = (cents: number): number => cents / 100;
const most = (cents: number): number | null => (cents < 0 ? null : cents / 100);
const small = smallAmount * 100;

/** The first of what lies in time order that is not before `ms`. */
export const firstFrom = (rows: readonly Past[], ms: number): number => {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as Past).ms < ms) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The context that is being filled: one object, since joining many of its size costs more than all sums in them. */
export type Sums = Record<string, unknown>;
/** Payments of one entity in time order, those of its last 30 days and maybe more; and the moment asked about. */
type Asked = { rows: readonly Past[]; at: number };

/** Rows with a timestamp in (at − ms, at]. */
const within = ({ rows, at }: Asked, ms: number): [from: number, to: number] => [
  firstFrom(rows, at - ms + 1),
  firstFrom(rows, at + 1),
];

const counts = (into: Sums, name: string, asked: Asked): void => {
  const { rows, at } = asked;
  const to = firstFrom(rows, at + 1);
  const since = (ms: number) => to - firstFrom(rows, ms);
  // Merchant and IP address: their long windows begin at the full hour.
  const long = (ms: number) => (name === 'merchant' || name === 'ip' ? floorHour(at - ms) : at - ms + 1);
  into[`${name}_count_10m`] = since(at - tenMinutesMs + 1);
  into[`${name}_count_1h`] = since(at - hourMs + 1);
  into[`${name}_count_24h`] = since(at - dayMs + 1);
  into[`${name}_count_7d`] = since(long(weekMs));
  into[`${name}_count_30d`] = since(long(monthMs));
};

/** What a window adds up to. */
const tally = (asked: Asked, ms: number) => {
  const [from, to] = within(asked, ms);
  let sum = 0;
  let max = -1;
  for (let i = from; i < to; i += 1) {
    const { cents } = asked.rows[i] as Past;
    sum += cents;
    if (cents > max) max = cents;
  }
  return { sum, max };
};

const distinct = (
  asked: Asked,
  ms: number,
  key: 'user' | 'merchant' | 'device' | 'ip' | 'country' | 'card',
): number => {
  const [from, to] = within(asked, ms);
  const seen = new Set<string>();
  for (let i = from; i < to; i += 1) {
    const value = (asked.rows[i] as Past)[key];
    if (value !== null) seen.add(value);
  }
  return seen.size;
};

/** n² times the variance, exact until here: in numbers as far as they are, which costs a tenth. */
const spread = (asked: Asked): number | null => {
  const [from, to] = within(asked, monthMs);
  if (from === to) return null;
  let whole = 0n;
  let squares = 0;
  let sum = 0;
  for (let i = from; i < to; i += 1) {
    const { cents } = asked.rows[i] as Past;
    sum += cents;
    const square = cents * cents;
    if (square + squares > Number.MAX_SAFE_INTEGER) {
      whole += BigInt(squares) + BigInt(cents) * BigInt(cents);
      squares = 0;
    } else squares += square;
  }
  const text = String(BigInt(to - from) * (whole + BigInt(squares)) - BigInt(sum) * BigInt(sum)).padStart(
    5,
    '0',
  );
  return Number(`${text.slice(0, -4)}.${text.slice(-4)}`);
};

/** The last payment, the last with a place, the hours of the day, and what of this payment was there before. */
const habits = (into: Sums, asked: Asked, payment: Payment): void => {
  const [from, to] = within(asked, monthMs);
  const hour = new Date(asked.at).getUTCHours();
  const ip = payment.ip_address;
  const seen = { device: false, card: false, ip: false, country: false, merchant: false };
  let hours = 0;
  let placed: Past | null = null;
  for (let i = from; i < to; i += 1) {
    const row = asked.rows[i] as Past;
    const apart = Math.abs((Math.floor(row.ms / hourMs) % 24) - hour);
    hours += Math.min(apart, 24 - apart);
    if (row.latitude !== null && row.longitude !== null) placed = row;
    seen.device ||= row.device !== null && row.device === payment.device_id;
    seen.card ||= row.card !== null && row.card === payment.card_token;
    seen.ip ||= row.ip !== null && row.ip === ip;
    seen.country ||= row.country !== null && row.country === payment.country;
    seen.merchant ||= row.merchant === payment.merchant_id;
  }
  Object.assign(into, {
    user_hours_30d: to > from ? hours : null,
    user_seconds_since_last: to > from ? (asked.at - (asked.rows[to - 1] as Past).ms) / 1000 : null,
    user_place_seconds: placed ? (asked.at - placed.ms) / 1000 : null,
    user_place_latitude: placed ? placed.latitude : null,
    user_place_longitude: placed ? placed.longitude : null,
    user_seen_device: seen.device,
    user_seen_card: seen.card,
    user_seen_ip: seen.ip,
    user_seen_country: seen.country,
    user_seen_merchant: seen.merchant,
  });
};

export const userSums = (into: Sums, asked: Asked, payment: Payment): void => {
  counts(into, 'user', asked);
  habits(into, asked, payment);
  const day = tally(asked, dayMs);
  const month = tally(asked, monthMs);
  Object.assign(into, {
    user_sum_1h: money(tally(asked, hourMs).sum),
    user_sum_24h: money(day.sum),
    user_sum_7d: money(tally(asked, weekMs).sum),
    user_sum_30d: money(month.sum),
    user_spread_30d: spread(asked),
    user_max_24h: most(day.max),
    user_max_30d: most(month.max),
    user_distinct_merchants_24h: distinct(asked, dayMs, 'merchant'),
    user_distinct_merchants_30d: distinct(asked, monthMs, 'merchant'),
    user_distinct_devices_24h: distinct(asked, dayMs, 'device'),
    user_distinct_devices_30d: distinct(asked, monthMs, 'device'),
    user_distinct_ips_24h: distinct(asked, dayMs, 'ip'),
    user_distinct_countries_24h: distinct(asked, dayMs, 'country'),
    user_distinct_cards_30d: distinct(asked, monthMs, 'card'),
  });
};

export const cardSums = (into: Sums, asked: Asked): void => {
  counts(into, 'card', asked);
  const day = tally(asked, dayMs);
  const month = tally(asked, monthMs);
  const [from, to] = within(asked, tenMinutesMs);
  Object.assign(into, {
    card_small_count_10m: asked.rows.slice(from, to).filter(({ cents }) => cents < small).length,
    card_sum_10m: money(tally(asked, tenMinutesMs).sum),
    card_sum_1h: money(tally(asked, hourMs).sum),
    card_sum_24h: money(day.sum),
    card_sum_30d: money(month.sum),
    card_max_24h: most(day.max),
    card_max_30d: most(month.max),
    card_distinct_merchants_1h: distinct(asked, hourMs, 'merchant'),
    card_distinct_merchants_24h: distinct(asked, dayMs, 'merchant'),
    card_distinct_devices_24h: distinct(asked, dayMs, 'device'),
    card_distinct_ips_24h: distinct(asked, dayMs, 'ip'),
    card_distinct_users_30d: distinct(asked, monthMs, 'user'),
  });
};

export const deviceSums = (into: Sums, asked: Asked): void => {
  counts(into, 'device', asked);
  const day = tally(asked, dayMs);
  Object.assign(into, {
    device_sum_24h: money(day.sum),
    device_max_24h: most(day.max),
    device_distinct_users_24h: distinct(asked, dayMs, 'user'),
    device_distinct_users_30d: distinct(asked, monthMs, 'user'),
    device_distinct_cards_24h: distinct(asked, dayMs, 'card'),
    device_distinct_cards_30d: distinct(asked, monthMs, 'card'),
  });
};

export const ipSums = (into: Sums, asked: Asked): void => {
  counts(into, 'ip', asked);
  Object.assign(into, {
    ip_sum_24h: money(tally(asked, dayMs).sum),
    ip_distinct_users_1h: distinct(asked, hourMs, 'user'),
    ip_distinct_users_24h: distinct(asked, dayMs, 'user'),
    ip_distinct_cards_24h: distinct(asked, dayMs, 'card'),
  });
};

const frauds = (rows: readonly Past[], at: number, windowMs: number): number =>
  rows.filter(
    ({ ms, knownMs }) =>
      knownMs !== null &&
      knownMs <= at &&
      knownMs >= floorHour(at - windowMs) &&
      knownMs - ms <= labelReachMs &&
      ms <= at,
  ).length;

/** @param labelled the merchant's payments that are labelled as fraud, of the last 90 days and maybe more */
export const merchantSums = (into: Sums, asked: Asked, labelled: readonly Past[]): void => {
  counts(into, 'merchant', asked);
  const day = tally(asked, dayMs);
  const [from, to] = within(asked, hourMs);
  let month = 0;
  for (
    let i = firstFrom(asked.rows, floorHour(asked.at - monthMs));
    (asked.rows[i]?.ms ?? Infinity) <= asked.at;
    i += 1
  )
    month += (asked.rows[i] as Past).cents;
  Object.assign(into, {
    merchant_sum_1h: money(tally(asked, hourMs).sum),
    merchant_sum_24h: money(day.sum),
    merchant_sum_30d: money(month),
    merchant_max_24h: most(day.max),
    merchant_distinct_users_24h: distinct(asked, dayMs, 'user'),
    merchant_distinct_cards_1h: distinct(asked, hourMs, 'card'),
    merchant_distinct_cards_24h: distinct(asked, dayMs, 'card'),
    merchant_blocked_1h: asked.rows.slice(from, to).filter(({ blocked }) => blocked).length,
    merchant_frauds_7d: frauds(labelled, asked.at, weekMs),
    merchant_frauds_30d: frauds(labelled, asked.at, monthMs),
  });
};

/** What is not known to be exact is left to the database. */
export const exactCents = (cents: number): boolean => cents <= 1e12;

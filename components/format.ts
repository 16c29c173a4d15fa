/**
 * The one formatter. Server and browser give the same text: only digits and parts come from Intl, never
 * its punctuation. Times take the viewer's zone as an argument (see time.tsx).
 */

/** No-break space, between thousands and before units. */
export const NBSP = '\u00a0';
/** The real minus. */
export const MINUS = '\u2212';
/** What stands for null. */
export const DASH = '\u2013';

export type Maybe<T> = T | null | undefined;
type Instant = Date | string | number;

function missing(value: Maybe<number | string>): value is null | undefined | '' {
  return value === null || value === undefined || value === '' || Number.isNaN(Number(value));
}

/** `164 696`, `0.074`; `digits` decimals, always that many. Accepts numeric text from PostgreSQL. */
export function formatNumber(value: Maybe<number | string>, digits = 0): string {
  if (missing(value)) return DASH;
  const fixed = Math.abs(Number(value)).toFixed(digits);
  const [whole = '0', decimals] = fixed.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NBSP);
  const negative = Number(value) < 0 && Number(fixed) !== 0;
  return `${negative ? MINUS : ''}${grouped}${decimals ? `.${decimals}` : ''}`;
}

/** `12 k`, `8.71 M`: for axes and narrow places. */
export function formatCompact(value: Maybe<number | string>, digits = 0): string {
  if (missing(value)) return DASH;
  const n = Number(value);
  const abs = Math.abs(n);
  const [divisor, unit] =
    abs >= 1e9 ? [1e9, 'G'] : abs >= 1e6 ? [1e6, 'M'] : abs >= 1e3 ? [1e3, 'k'] : [1, ''];
  const scaled = n / divisor;
  const shown = Number.isInteger(scaled)
    ? 0
    : unit
      ? Math.max(digits, Math.abs(scaled) < 100 ? 1 : 0)
      : digits;
  return `${formatNumber(scaled, shown)}${unit ? NBSP + unit : ''}`;
}

const symbols = new Map<string, { symbol: string; digits: number }>();

function currencyOf(code: string) {
  let known = symbols.get(code);
  if (!known) {
    try {
      const format = new Intl.NumberFormat('en-US', {
        style: 'currency',
        currency: code,
        currencyDisplay: 'narrowSymbol',
      });
      const symbol = format.formatToParts(1).find((part) => part.type === 'currency')?.value ?? code;
      known = { symbol, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
    } catch {
      known = { symbol: code, digits: 2 }; // not an ISO code: show it as it came
    }
    symbols.set(code, known);
  }
  return known;
}

/** `€ 436.90`, `₺ 8 450.00`, `− € 3.00` as `€ −3.00`. `compact` gives `€ 8.71 M` from a million on. */
export function formatMoney(value: Maybe<number | string>, currency: string, compact = false): string {
  if (missing(value)) return DASH;
  const { symbol, digits } = currencyOf(currency);
  const n = Number(value);
  if (compact && Math.abs(n) >= 1e6) return `${symbol}${NBSP}${formatCompact(n, 2)}`;
  return `${symbol}${NBSP}${formatNumber(n, compact && Math.abs(n) >= 1e5 ? 0 : digits)}`;
}

/** A share 0…1 as `98.15 %`. */
export function formatPercent(share: Maybe<number | string>, digits = 1): string {
  return missing(share) ? DASH : `${formatNumber(Number(share) * 100, digits)}${NBSP}%`;
}

/** `+2.2 %`, `−0.5 %`: relative change of now against before; a dash when there was nothing before. */
export function formatChange(now: Maybe<number>, before: Maybe<number>, digits = 1): string {
  if (missing(now) || missing(before) || Number(before) === 0) return DASH;
  return `${formatSigned((Number(now) / Number(before) - 1) * 100, digits)}${NBSP}%`;
}

/** `+2.61`, `−0.41`. */
export function formatSigned(value: Maybe<number | string>, digits = 2): string {
  if (missing(value)) return DASH;
  const text = formatNumber(value, digits);
  return Number(value) > 0 && Number(Number(value).toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** A score or probability: `0.97`. */
export function formatScore(value: Maybe<number | string>): string {
  return formatNumber(value, 2);
}

/** `0.8 ms`, `38 ms`, `1 457 ms`, from ten seconds on `12.3 s`. */
export function formatMs(value: Maybe<number | string>): string {
  if (missing(value)) return DASH;
  const ms = Number(value);
  if (ms >= 10_000) return `${formatNumber(ms / 1000, 1)}${NBSP}s`;
  return `${formatNumber(ms, ms > 0 && ms < 10 ? 1 : 0)}${NBSP}ms`;
}

/** `512 B`, `4.1 MB`, `312 GB`. */
export function formatBytes(value: Maybe<number | string>): string {
  if (missing(value)) return DASH;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let n = Number(value);
  let unit = 0;
  while (Math.abs(n) >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit += 1;
  }
  return `${formatNumber(n, unit > 0 && Math.abs(n) < 10 ? 1 : 0)}${NBSP}${units[unit]}`;
}

/** Seconds as a length of time with at most two units: `12 s`, `9 min`, `1 h 12 min`, `3 d 4 h`. */
export function formatDuration(seconds: Maybe<number>): string {
  if (missing(seconds)) return DASH;
  const total = Math.max(0, Math.floor(Number(seconds)));
  if (total < 60) return `${total}${NBSP}s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join(`${hours}${NBSP}h`, minutes % 60, 'min');
  const days = Math.floor(hours / 24);
  return days < 14 ? join(`${days}${NBSP}d`, hours % 24, 'h') : `${formatNumber(days)}${NBSP}d`;
}

function join(first: string, rest: number, unit: string) {
  return rest ? `${first}${NBSP}${rest}${NBSP}${unit}` : first;
}

/** Age of an instant at `now`, in one unit: `2 s`, `18 min`, `5 h`, `12 d`. */
export function formatAge(at: Maybe<Instant>, now: number): string {
  if (at === null || at === undefined) return DASH;
  const seconds = Math.max(0, Math.floor((now - new Date(at).getTime()) / 1000));
  if (seconds < 60) return `${seconds}${NBSP}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${NBSP}min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}${NBSP}h`;
  return `${formatNumber(Math.floor(seconds / 86_400))}${NBSP}d`;
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** Calendar parts of an instant in a zone; an unknown zone falls back to UTC. */
export function timeParts(at: Instant, zone: string) {
  let format = zones.get(zone);
  if (!format) {
    const options = {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    } as const;
    try {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
    }
    zones.set(zone, format);
  }
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(new Date(at))) parts[part.type] = part.value;
  const {
    year = '',
    month = '',
    day = '',
    weekday = '',
    hour = '',
    minute = '',
    second = '',
    fractionalSecond = '',
  } = parts;
  return { year, month, day, weekday, hour, minute, second, milli: fractionalSecond };
}

/**
 * `time` 14:37 · `clock` 14:37:04 · `day` Tue 17 Nov · `date` 17 Nov 2026 · `full` Tue 17 Nov 14:37:04 ·
 * `short` 17 Nov 14:37 · `exact` 2026-11-17 style is left to `formatUtc`.
 */
export type TimeStyle = 'time' | 'clock' | 'day' | 'date' | 'full' | 'short';

/** An instant in the viewer's zone. */
export function formatTime(at: Maybe<Instant>, zone: string, style: TimeStyle = 'short'): string {
  if (at === null || at === undefined || Number.isNaN(new Date(at).getTime())) return DASH;
  const p = timeParts(at, zone);
  switch (style) {
    case 'time':
      return `${p.hour}:${p.minute}`;
    case 'clock':
      return `${p.hour}:${p.minute}:${p.second}`;
    case 'day':
      return `${p.weekday} ${p.day} ${p.month}`;
    case 'date':
      return `${p.day} ${p.month} ${p.year}`;
    case 'full':
      return `${p.weekday} ${p.day} ${p.month} ${p.hour}:${p.minute}:${p.second}`;
    default:
      return `${p.day} ${p.month} ${p.hour}:${p.minute}`;
  }
}

/** `Tue 17 Nov 2026 10:05:18.402 UTC`, for titles. */
export function formatUtc(at: Maybe<Instant>): string {
  if (at === null || at === undefined || Number.isNaN(new Date(at).getTime())) return DASH;
  const p = timeParts(at, 'UTC');
  return `${p.weekday} ${p.day} ${p.month} ${p.year} ${p.hour}:${p.minute}:${p.second}.${p.milli} UTC`;
}

/** `A-90417`. */
export function formatAlertId(id: number | string): string {
  return `A-${id}`;
}

/** `R-007`. */
export function formatRuleId(id: number | string): string {
  return `R-${String(id).padStart(3, '0')}`;
}

/** The first and last four characters of a long id: `9f31…c07e`. */
export function formatShortId(id: string, keep = 4): string {
  return id.length <= keep * 2 + 1 ? id : `${id.slice(0, keep)}…${id.slice(-keep)}`;
}

/** Up to two initials of a name, `DA`. */
export function formatInitials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toLocaleUpperCase('en');
}

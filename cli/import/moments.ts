const local = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const withOffset =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)$/;

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
const offsetsOf = (zone: string): ((ms: number) => number) => {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  // Clocks change at full quarters of an hour.
  const known = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / 900_000);
    let offset = known.get(quarter);
    if (offset === undefined) {
      const start = quarter * 900_000;
      const part = Object.fromEntries(
        format.formatToParts(start).map(({ type, value }) => [type, Number(value)]),
      ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
      offset = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - start;
      if (known.size > 50_000) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
};

export const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/**
 * Reads moments as files have them: ISO 8601 with an offset or without (then in `zone`), with a `T` or a space, a date
 * alone (its first moment), or seconds or milliseconds since 1970.
 * @returns milliseconds since 1970, or null for what is no moment or one that the clocks of the zone leave out
 */
export const momentReader = (zone: string): ((text: string) => number | null) => {
  const offsetAt = offsetsOf(zone);
  return (text) => {
    const parts = local.exec(text);
    if (parts) return readLocal(parts, offsetAt);
    const offset = withOffset.exec(text);
    if (offset) {
      const [, day = '', time, ahead = ''] = offset;
      const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
      if (!date || !isDay(Number(date[1]), Number(date[2]), Number(date[3]))) return null;
      const ms = Date.parse(`${day}T${time}${ahead.length === 3 ? `${ahead}:00` : ahead}`);
      return Number.isNaN(ms) ? null : ms;
    }
    if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
    if (/^\d{12,13}$/.test(text)) return Number(text);
    return null;
  };
};

const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

function readLocal(parts: RegExpExecArray, offsetAt: (ms: number) => number): number | null {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return null;
  const wall =
    Date.UTC(year, month - 1, day, hour, minute, second) +
    Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  // Twice, because the first guess may lie on the other side of a change of the clocks.
  const guess = wall - offsetAt(wall);
  const ms = wall - offsetAt(guess);
  return ms + offsetAt(ms) === wall ? ms : null;
}

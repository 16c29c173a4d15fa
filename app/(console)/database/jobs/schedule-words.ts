/** What a cron pattern says, for words in messages (`jobs.schedules.<key>`); `cron` where it is none of the common ones. */
export type ScheduleWords =
  | { key: 'everyMinute' | 'cron'; values: Record<string, never> }
  | { key: 'everyMinutes'; values: { count: number } }
  | { key: 'hourly'; values: { minute: string } }
  | { key: 'daily'; values: { time: string } };

const two = (value: string | number): string => String(value).padStart(2, '0');

export function scheduleWords(pattern: string): ScheduleWords {
  const [minute = '', hour = '', ...days] = pattern.trim().split(/\s+/);
  if (days.length !== 3 || days.some((part) => part !== '*')) return { key: 'cron', values: {} };
  const every = /^\*(?:\/([1-9]\d?))?$/.exec(minute);
  if (every && hour === '*') {
    const count = Number(every[1] ?? 1);
    if (count === 1) return { key: 'everyMinute', values: {} };
    return 60 % count === 0 ? { key: 'everyMinutes', values: { count } } : { key: 'cron', values: {} };
  }
  if (!/^[0-5]?\d$/.test(minute)) return { key: 'cron', values: {} };
  if (hour === '*') return { key: 'hourly', values: { minute: two(minute) } };
  if (/^([01]?\d|2[0-3])$/.test(hour))
    return { key: 'daily', values: { time: `${two(hour)}:${two(minute)}` } };
  return { key: 'cron', values: {} };
}

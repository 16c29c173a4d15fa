import { expect, test } from 'vitest';
import { catalogue } from '@/domain/jobs/catalogue';
import messages from '@/messages/en.json';
import { scheduleWords } from './schedule-words';

test.each([
  ['* * * * *', 'everyMinute', {}],
  ['*/1 * * * *', 'everyMinute', {}],
  ['*/5 * * * *', 'everyMinutes', { count: 5 }],
  ['7 * * * *', 'hourly', { minute: '07' }],
  ['30 4 * * *', 'daily', { time: '04:30' }],
  ['*/7 * * * *', 'cron', {}],
  ['0 4 * * 1', 'cron', {}],
  ['0 4-6 * * *', 'cron', {}],
  ['61 * * * *', 'cron', {}],
  ['0 25 * * *', 'cron', {}],
  ['30 seconds', 'cron', {}],
  ['', 'cron', {}],
])('%s', (pattern, key, values) => {
  expect(scheduleWords(pattern)).toEqual({ key, values });
});

test('every schedule of the catalogue has words', () => {
  for (const { cron } of Object.values(catalogue)) expect(scheduleWords(cron).key).not.toBe('cron');
});

test('every job has words: what it is for, in short and in full, and what its pause means', () => {
  const names = Object.keys(catalogue).sort();
  const { about, short, whilePaused } = messages.jobs;
  for (const words of [about, short, whilePaused]) expect(Object.keys(words).sort()).toEqual(names);
});

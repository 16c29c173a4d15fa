import { expect, test } from 'vitest';
import { settings } from '@/domain/settings/catalogue';
import { fromText, toText } from './setting-text';

test.each(Object.entries(settings))('%s comes back from its fields as it was', (_key, { initial }) => {
  expect(fromText(initial, toText(initial))).toEqual(initial);
});

test('numbers as people type them; what is none stays text', () => {
  expect(fromText(1, { '': ' 0,85 ' })).toBe(0.85);
  expect(fromText(1, { '': '1\u00a0000' })).toBe(1000);
  expect(fromText(1, { '': '' })).toBe('');
  expect(fromText(1, { '': 'half' })).toBe('half');
  expect(fromText('EUR', { '': '12' })).toBe('12');
  expect(fromText({ low: 0.2 }, { low: 'x' })).toEqual({ low: 'x' });
});

import { expect, test } from 'vitest';
import { type SettingKey, settings } from './catalogue';
import { crossCheck, type SettingValues } from './cross-checks';

const initial = Object.fromEntries(
  Object.entries(settings).map(([key, setting]) => [key, setting.initial]),
) as SettingValues;
const keys = Object.keys(settings) as SettingKey[];

test('what Vigil starts with holds together and fits the catalogue', () => {
  for (const key of keys) {
    expect(settings[key].schema.safeParse(settings[key].initial).success).toBe(true);
    expect(crossCheck(key, initial)).toBeNull();
  }
});

test.each([
  ['decision.review_at', 0.85, 'review_below_block'],
  ['decision.block_at', 0.5, 'review_below_block'],
  ['decision.risk_bands', { low: 0.2, medium: 0.2, high: 0.6, critical: 0.8 }, 'bands_ascending'],
  ['decision.risk_bands', { low: 0, medium: 0.2, high: 0.6, critical: 0.8 }, 'bands_ascending'],
  ['alert.sla_minutes', { critical: 61, warning: 60, info: 240 }, 'sla_by_severity'],
  ['session.idle_minutes', 721, 'idle_within_absolute'],
  ['currency.rates', { EUR: 2, USD: 1 }, 'base_rate_is_one'],
  ['currency.rates', { USD: 1 }, 'base_rate_is_one'],
  ['currency.base', 'USD', 'base_rate_is_one'],
] as const)('%s = %j breaks %s', (key, value, rule) => {
  expect(crossCheck(key, { ...initial, [key]: value })).toMatchObject({ field: 'value', rule });
});

test('a setting is not refused for what others do', () => {
  const broken = { ...initial, 'decision.review_at': 0.99 };
  expect(crossCheck('session.idle_minutes', broken)).toBeNull();
});

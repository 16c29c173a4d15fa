import { describe, expect, it } from 'vitest';
import * as f from './format';

const plain = (text: string) => text.replaceAll('\u00a0', '_');

describe('numbers', () => {
  it.each([
    [164696, 0, '164_696'],
    [1_234_567.891, 2, '1_234_567.89'],
    ['8450.00', 2, '8_450.00'],
    [999, 0, '999'],
    [1000, 0, '1_000'],
    [-0.41, 2, '−0.41'],
    [-0.004, 2, '0.00'],
    [-12_345, 0, '−12_345'],
    [0, 0, '0'],
    [null, 0, '–'],
    [undefined, 2, '–'],
    ['', 0, '–'],
    ['abc', 0, '–'],
    [Number.NaN, 0, '–'],
  ])('%s with %s digits is %s', (value, digits, text) => {
    expect(plain(f.formatNumber(value, digits))).toBe(text);
  });

  it('shortens for axes', () => {
    expect([0, 950, 4000, 12_500, 8_710_000, 2.5e9].map((n) => plain(f.formatCompact(n, 2)))).toEqual([
      '0',
      '950',
      '4_k',
      '12.50_k',
      '8.71_M',
      '2.50_G',
    ]);
  });

  it('writes shares, changes and signs with real signs', () => {
    expect(plain(f.formatPercent(0.9815, 2))).toBe('98.15_%');
    expect(plain(f.formatPercent(null))).toBe('–');
    expect(plain(f.formatChange(102.2, 100))).toBe('+2.2_%');
    expect(plain(f.formatChange(40, 100, 0))).toBe('−60_%');
    expect(f.formatChange(5, 0)).toBe('–');
    expect(f.formatChange(null, 3)).toBe('–');
    expect([2.61, -0.41, 0, 0.001].map((n) => f.formatSigned(n))).toEqual(['+2.61', '−0.41', '0.00', '0.00']);
  });
});

describe('money', () => {
  it.each([
    ['436.90', 'EUR', '€_436.90'],
    ['8450', 'TRY', '₺_8_450.00'],
    [1000, 'JPY', '¥_1_000'],
    [-3, 'USD', '$_−3.00'],
    [1.5, 'GBP', '£_1.50'],
    [7, 'not a code', 'not a code_7.00'],
    [null, 'EUR', '–'],
  ])('%s %s is %s', (value, currency, text) => {
    expect(plain(f.formatMoney(value, currency))).toBe(text);
  });

  it('is short from a million on', () => {
    expect(plain(f.formatMoney(8_710_000, 'EUR', true))).toBe('€_8.71_M');
    expect(plain(f.formatMoney(120_345.5, 'EUR', true))).toBe('€_120_346');
    expect(plain(f.formatMoney(99.5, 'EUR', true))).toBe('€_99.50');
  });
});

describe('lengths', () => {
  it('of milliseconds', () => {
    expect([0, 0.84, 9.96, 38, 1457, 12_340, null].map((ms) => plain(f.formatMs(ms)))).toEqual([
      '0_ms',
      '0.8_ms',
      '10.0_ms',
      '38_ms',
      '1_457_ms',
      '12.3_s',
      '–',
    ]);
  });

  it('of seconds, two units at most', () => {
    expect(
      [0, 59.9, 60, 4320, 3600, 76 * 3600, 20 * 86_400, -5].map((s) => plain(f.formatDuration(s))),
    ).toEqual(['0_s', '59_s', '1_min', '1_h_12_min', '1_h', '3_d_4_h', '20_d', '0_s']);
  });

  it('of bytes', () => {
    expect([0, 999, 4_100_000, 312e9].map((n) => plain(f.formatBytes(n)))).toEqual([
      '0_B',
      '999_B',
      '4.1_MB',
      '312_GB',
    ]);
  });
});

describe('times', () => {
  const at = '2026-11-17T10:05:18.402Z';

  it('stand in the zone of the viewer', () => {
    expect(f.formatTime(at, 'Europe/Istanbul', 'clock')).toBe('13:05:18');
    expect(f.formatTime(at, 'America/New_York', 'full')).toBe('Tue 17 Nov 05:05:18');
    expect(f.formatTime('2026-11-16T23:30:00Z', 'Europe/Istanbul', 'day')).toBe('Tue 17 Nov');
    expect(f.formatTime(at, 'Asia/Kolkata', 'short')).toBe('17 Nov 15:35');
    expect(f.formatTime(at, 'UTC', 'date')).toBe('17 Nov 2026');
  });

  it('write midnight as 00 and survive an unknown zone or moment', () => {
    expect(f.formatTime('2026-11-17T00:00:00Z', 'UTC', 'time')).toBe('00:00');
    expect(f.formatTime(at, 'Nowhere/Land', 'time')).toBe('10:05');
    expect(f.formatTime('nonsense', 'UTC')).toBe('–');
    expect(f.formatTime(null, 'UTC')).toBe('–');
    expect(f.formatUtc(at)).toBe('Tue 17 Nov 2026 10:05:18.402 UTC');
  });

  it('age in one unit', () => {
    const now = Date.parse(at);
    const ages = [0, 2, 61, 3599, 3600, 47 * 3600, 48 * 3600, -9].map((s) =>
      plain(f.formatAge(now - s * 1000, now)),
    );
    expect(ages).toEqual(['0_s', '2_s', '1_min', '59_min', '1_h', '47_h', '2_d', '0_s']);
    expect(f.formatAge(null, now)).toBe('–');
  });
});

it('writes ids and names short', () => {
  expect(f.formatAlertId(90417)).toBe('A-90417');
  expect([7, 118, 1234].map(f.formatRuleId)).toEqual(['R-007', 'R-118', 'R-1234']);
  expect(f.formatShortId('9f31aaaaaaaaaac07e')).toBe('9f31…c07e');
  expect(f.formatShortId('short')).toBe('short');
  expect(['Deniz Aksoy', 'ana', 'María José Pérez', ''].map(f.formatInitials)).toEqual(['DA', 'A', 'MP', '']);
});

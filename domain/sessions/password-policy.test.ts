import { expect, test } from 'vitest';
import { guardKeys } from './guard';
import { isCommonPassword, newPassword } from './password-policy';

const ruleOf = (password: string): string | undefined => {
  const parsed = newPassword.safeParse(password);
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
};

test('12 to 128 characters of any kind, counted as people count them', () => {
  expect(ruleOf('short words')).toBe('too_short');
  expect(ruleOf('river stones')).toBeUndefined();
  expect(ruleOf('ağaçlar rüzgârda')).toBeUndefined();
  expect(ruleOf('🦊🐻🐼🦁🐯🐨🐸🐵🐔🐧🐦')).toBe('too_short');
  expect(ruleOf('  spaces at both ends  ')).toBeUndefined();
  expect(ruleOf('ab cd '.repeat(21))).toBeUndefined();
  expect(ruleOf('q7 '.repeat(43))).toBe('too_long');
});

test('what anybody would try first is refused, however it is decorated', () => {
  for (const password of [
    'Password2026!!',
    'password123456789',
    '123456789012',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'qwertyuiopas',
    '!!!Welcome2026',
    'Vigil-2026-2026',
    'correct horse battery staple',
    '2026-11-22-2026',
  ])
    expect(isCommonPassword(password), password).toBe(true);
  for (const password of ['river stones', 'three blue herons wait', 'xK9-qq7-plum-TT'])
    expect(isCommonPassword(password), password).toBe(false);
});

test('an IPv6 guest is its /64, an IPv4 guest its address; a known device counts apart', () => {
  const key = (ip: string | null) => guardKeys('a@example.org', ip, null).address;
  expect(key('2001:db8:1:2:3:4:5:6')).toBe(key('2001:db8:1:2::9'));
  expect(key('2001:db8:1:2::9')).not.toBe(key('2001:db8:1:3::9'));
  expect(key('192.0.2.1')).not.toBe(key('192.0.2.2'));
  expect(guardKeys('A@Example.org', null, null).account).toBe(guardKeys('a@example.org', null, null).account);
  expect(guardKeys('a@example.org', null, 'd').account).not.toBe(
    guardKeys('a@example.org', null, null).account,
  );
});

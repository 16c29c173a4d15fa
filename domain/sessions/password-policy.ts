import { z } from 'zod';
import { commonPasswords } from './common-passwords';

export const passwordLength = { minimum: 12, maximum: 128 };

const characters = (text: string): number => [...text].length;

/** What is left of a password when the usual decoration (digits and signs at the ends) is taken off. */
const stem = (password: string): string =>
  password
    .toLowerCase()
    .replace(/^[\d\W_]+|[\d\W_]+$/g, '')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

const isRepetition = (password: string): boolean => {
  const text = password.toLowerCase();
  for (let size = 1; size <= 4; size += 1) {
    const part = text.slice(0, size);
    if (part.repeat(Math.ceil(text.length / size)).slice(0, text.length) === text) return true;
  }
  return false;
};

const isSequence = (password: string): boolean =>
  [
    '01234567890123456789',
    '98765432109876543210',
    'abcdefghijklmnopqrstuvwxyz',
    'qwertyuiopasdfghjklzxcvbnm',
  ].some((run) => run.includes(password.toLowerCase()));

/** True for a password that is among the first that anybody would try. */
export const isCommonPassword = (password: string): boolean =>
  commonPasswords.has(password.toLowerCase()) ||
  commonPasswords.has(stem(password)) ||
  stem(password).length === 0 ||
  isRepetition(password) ||
  isSequence(password);

/** A password that somebody chooses: 12 to 128 characters of any kind, not a common one; taken exactly as typed. */
export const newPassword = z
  .string()
  .max(1000)
  .superRefine((password, context) => {
    const length = characters(password);
    if (length < passwordLength.minimum || length > passwordLength.maximum)
      context.addIssue({
        code: 'custom',
        message: length < passwordLength.minimum ? 'too_short' : 'too_long',
      });
    else if (isCommonPassword(password)) context.addIssue({ code: 'custom', message: 'common_password' });
  });

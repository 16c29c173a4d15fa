import { type Range, ranges } from '@/domain/database/input';

/** The range of `?range=`; anything else is the last 24 hours. */
export const rangeOf = (text: string | null | undefined): Range =>
  (ranges as readonly string[]).includes(text ?? '') ? (text as Range) : '24h';

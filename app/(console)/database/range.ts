import { type Range, ranges } from '@/domain/database/input';

/** The range of `?range=`; anything else is the page's usual one. */
export const rangeOf = (text: string | null | undefined, usual: Range): Range =>
  (ranges as readonly string[]).includes(text ?? '') ? (text as Range) : usual;

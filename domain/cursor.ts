import { z } from 'zod';
import { AppError } from './errors';

/** A keyset position as opaque text; it carries only the sort values of the last row, never rights. */
export const encodeCursor = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/**
 * Reads a cursor back. `schema` says what its values must be, so that a forged one is an error and not a query.
 * @throws AppError('invalid', field 'cursor')
 */
export const decodeCursor = <T extends z.ZodType>(schema: T, cursor: string): z.infer<T> => {
  try {
    if (cursor.length > 600) throw new Error('too long');
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new AppError('invalid', {
      field: 'cursor',
      issues: [{ field: 'cursor', rule: 'invalid_cursor' }],
    });
  }
};

/** How a list is asked for: where from and which way. */
export const cursorInput = z.string().max(600).optional();

/** A page of a list: its rows and the cursors of the pages beside it. */
export type Page<T> = { rows: T[]; next: string | null };

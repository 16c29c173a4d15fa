import { AppError, isUnavailable, sqlState } from '@/domain/errors';
import type { StreamErrorCode } from './error-codes';

/**
 * The server, not the payment: it cannot be reached, is full, read-only, ending, or its schema is not the one this
 * program was written for. What was tried meanwhile counts as no try.
 */
export const isServerTrouble = (error: unknown): boolean =>
  isUnavailable(error) || /^(0A|28|3D|42|53|57P|58|25006)/.test(sqlState(error) ?? '');

/** Why a try failed: a word, and the full message for operators. */
export const failureOf = (error: unknown): { code: StreamErrorCode; message: string } => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AppError && error.failure.detail === 'decision.contended')
    return { code: 'contended', message };
  const state = sqlState(error);
  if (state === '57014') return { code: 'timed_out', message: `${state}: ${message}` };
  if (state && /^[0-9A-Z]{5}$/.test(state)) return { code: 'database', message: `${state}: ${message}` };
  return { code: 'unexpected', message };
};

import type { z } from 'zod';

/** Everything that can go wrong and that a person is told about; worded in messages (`errors.<code>`). */
export const errorCodes = [
  'invalid',
  'unauthenticated',
  'denied',
  'not_found',
  'conflict',
  'stale',
  'locked',
  'too_many',
  'unavailable',
  'timed_out',
  'unexpected',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** One wrong field: its path, which rule it broke and that rule's values (`errors.field.<rule>`). */
export type FieldIssue = { field: string; rule: string; values?: Record<string, string | number> };

export type Failure = {
  code: ErrorCode;
  /** What the code means here, e.g. `rule.version_changed`; worded in messages. */
  detail?: string;
  field?: string;
  values?: Record<string, string | number>;
  issues?: FieldIssue[];
  requestId?: string;
};

export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

/** An expected failure: thrown inside queries and commands, never shown as a stack. */
export class AppError extends Error {
  readonly failure: Failure;
  constructor(code: ErrorCode, failure: Omit<Failure, 'code'> = {}) {
    super(failure.detail ? `${code}: ${failure.detail}` : code);
    this.name = 'AppError';
    this.failure = { code, ...failure };
  }
}

/** zod's issues as codes: `{ field: 'conditions.all.0.field', rule: 'too_small', values: { minimum: 1 } }`. */
export const fieldIssues = (error: z.ZodError): FieldIssue[] =>
  error.issues.slice(0, 20).flatMap((issue) => {
    const field = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((unknown) => ({
        field: field ? `${field}.${unknown}` : unknown,
        rule: 'unknown_key',
      }));
    const values: Record<string, string | number> = {};
    if ('minimum' in issue) values.minimum = Number(issue.minimum);
    if ('maximum' in issue) values.maximum = Number(issue.maximum);
    // A check of our own names its rule as the message (`card_number`, `too_many_decimals`).
    const own = issue.code === 'custom' && /^[a-z_]+$/.test(issue.message) ? issue.message : null;
    // zod leaves the value itself out of its issues, so its own words tell a missing one.
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return [{ field, rule: own ?? (missing ? 'required' : issue.code), values }];
  });

export const invalidInput = (error: z.ZodError): AppError => {
  const issues = fieldIssues(error);
  return new AppError('invalid', { field: issues[0]?.field, issues });
};

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EPIPE',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25006',
]);

/** The SQLSTATE or system code of a failure, looking through Drizzle's wrapper. */
export const sqlState = (error: unknown): string | undefined => {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
};

/** True when PostgreSQL could not be reached or is going away, so that trying again later may help. */
export const isUnavailable = (error: unknown): boolean => {
  const code = sqlState(error);
  return code !== undefined && (connectionCodes.has(code) || code.startsWith('08'));
};

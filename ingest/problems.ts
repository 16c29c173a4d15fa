import type { FastifyReply } from 'fastify';
import { createTranslator } from 'use-intl/core';
import { AppError, type FieldIssue, isUnavailable, sqlState } from '@/domain/errors';
import { log } from '@/domain/log';
import type { StreamErrorCode } from '@/domain/stream/error-codes';
import messages from '@/messages/en.json';

/** Every way a call can fail, with its status. Worded in messages (`api.problems.<code>`). */
export const problemStatus = {
  invalid_json: 400,
  invalid: 400,
  bad_request: 400,
  unauthenticated: 401,
  denied: 403,
  not_found: 404,
  no_such_path: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many: 429,
  unexpected: 500,
  unavailable: 503,
} as const;
export type ProblemCode = keyof typeof problemStatus;

/** A refusal on its way to the caller. `issues` name the fields, `headers` go with the answer. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly issues: readonly FieldIssue[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
    this.name = 'Problem';
  }
}

type Translate = (key: string, values?: Record<string, string | number>) => string;
const translator = createTranslator({
  locale: 'en',
  messages: messages as Record<string, unknown>,
  namespace: 'api' as never,
  onError: (error) => log.warn({ err: error }, 'no words for a problem'),
}) as unknown as Translate & { has(key: string): boolean };

// Codes reach people as words; one that nobody has worded yet is still an answer.
const words = (key: string, otherwise: string, values?: Record<string, string | number>): string =>
  translator.has(key) ? translator(key, values) : otherwise;

export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: WordedIssue[];
  request_id: string;
};

export type WordedIssue = { field: string; code: string; message: string };

/** Wrong fields as a caller is told about them, in English. */
export const wordedIssues = (issues: readonly FieldIssue[]): WordedIssue[] =>
  issues.map(({ field, rule, values }) => ({
    field,
    code: rule,
    message: words(`fields.${rule}`, words('fields.other', rule), values),
  }));

/** Why a queued payment was not decided, as a caller is told about it, in English. */
export const wordedStreamError = (code: StreamErrorCode): { code: string; message: string } => ({
  code,
  message: messages.stream.errors[code],
});

/** The body of RFC 9457 for a problem, in English. */
export const problemBody = (problem: Problem, requestId: string): ProblemBody => {
  const errors = wordedIssues(problem.issues);
  return {
    type: `urn:vigil:problem:${problem.code}`,
    title: words(`problems.${problem.code}.title`, problem.code),
    status: problemStatus[problem.code],
    detail: words(`problems.${problem.code}.detail`, problem.code),
    ...(errors.length > 0 ? { errors } : {}),
    request_id: requestId,
  };
};

/** Spread over 1 to 5 seconds, so that callers do not come back all at once. */
const retryAfter = (): Record<string, string> => ({
  'retry-after': String(1 + Math.floor(Math.random() * 5)),
});

export const unavailable = (): Problem => new Problem('unavailable', [], retryAfter());

const fastifyProblems: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_MAX_LIMIT: 'bad_request',
};

// A statement that was cancelled or could not get its lock may have nothing wrong with it: try again later.
const passing = new Set(['57014', '55P03', '40001', '40P01', '53200', '53400']);

const fromAppError = (error: AppError): Problem => {
  const { code, detail, field, issues, values } = error.failure;
  switch (code) {
    case 'invalid':
      return new Problem('invalid', issues ?? []);
    case 'conflict':
      return new Problem('conflict', [
        { field: field ?? 'transaction_id', rule: detail ?? 'conflict', values },
      ]);
    case 'denied':
    case 'unauthenticated':
    case 'not_found':
      return new Problem(code);
    case 'unavailable':
    case 'timed_out':
    case 'stale':
    case 'locked':
      return unavailable();
    case 'too_many':
      return new Problem('too_many', [], { 'retry-after': '1' });
    case 'unexpected':
      return new Problem('unexpected');
  }
};

/** What a caller is told about anything that was thrown; what was not expected goes to the log. */
export const problemOf = (error: unknown, requestId: string): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof AppError) return fromAppError(error);
  const code = sqlState(error);
  const known = code === undefined ? undefined : fastifyProblems[code];
  if (known) return new Problem(known);
  if (isUnavailable(error) || (code !== undefined && passing.has(code))) {
    log.warn({ code, requestId }, 'database did not answer');
    return unavailable();
  }
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return new Problem('bad_request');
  log.error({ err: error, code, requestId }, 'request failed');
  return new Problem('unexpected');
};

/** How often this process has refused a call, by the problem it was told. */
export const refusals = Object.fromEntries(Object.keys(problemStatus).map((code) => [code, 0])) as Record<
  ProblemCode,
  number
>;

/** Sends a problem as application/problem+json. */
export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  refusals[problem.code] += 1;
  for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
  // A URL that cannot be read is refused before any hook has set these.
  reply.headers({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'x-request-id': reply.request.id,
  });
  return (
    reply
      .code(problemStatus[problem.code])
      .header('content-type', 'application/problem+json')
      // As bytes: Fastify would add a charset, which problem+json does not have.
      .send(Buffer.from(JSON.stringify(problemBody(problem, reply.request.id))))
  );
};

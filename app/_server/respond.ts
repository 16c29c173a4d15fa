import { forbidden, notFound, redirect } from 'next/navigation';
import { AppError, type ErrorCode, type Failure } from '@/domain/errors';

/** Cache-Control of everything that belongs to a person. */
export const noStore = 'private, no-store';

const statuses: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  denied: 403,
  not_found: 404,
  conflict: 409,
  stale: 409,
  locked: 423,
  too_many: 429,
  unavailable: 503,
  timed_out: 504,
  unexpected: 500,
};

/** A failure as JSON with its status (RFC 9457 plus our code); nothing of the cause. */
export const problem = (failure: Failure): Response => {
  const status = statuses[failure.code];
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': noStore });
  if (status === 429 || status === 503) headers.set('Retry-After', '2');
  const { code, detail, field, issues, requestId } = failure;
  return new Response(
    JSON.stringify({ type: 'about:blank', status, title: code, code, detail, field, issues, requestId }),
    {
      status,
      headers,
    },
  );
};

export const json = (value: unknown): Response =>
  Response.json(value, { headers: { 'Cache-Control': noStore } });

/** What went wrong as a failure; for route handlers, around queries. */
export const problemOf = (error: unknown, requestId: string): Response =>
  problem(error instanceof AppError ? { requestId, ...error.failure } : { code: 'unexpected', requestId });

/**
 * Reads for a page: `await forPage(getAlert(actor, { id }))`. What is not there becomes the 404 page, what the role
 * may not see the 403 page, an ended session the sign-in page; the rest goes to the page's error boundary, with the
 * code and the request id in `error.digest` (`unavailable:req_…`).
 */
export const forPage = async <T>(read: Promise<T>): Promise<T> => {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, requestId } = error.failure;
    if (code === 'not_found') notFound();
    if (code === 'denied') forbidden();
    if (code === 'unauthenticated') redirect('/login');
    throw Object.assign(error, { digest: `${code}:${requestId ?? ''}` });
  }
};

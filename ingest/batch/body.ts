import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPlainUtf8 } from '../media';
import { Problem } from '../problems';
import { NotABatch, type Part, splitArray, splitLines } from './parts';

/** A batch has at most so many parts and bytes. */
export const mostParts = 10_000;
export const batchBytes = 16 * 1024 * 1024;
/** Parts of a batch cost far less than calls that are waited for one by one: so many count as one against the rate. */
const partsACall = 100;

const ndjson = 'application/x-ndjson';

export const isNdjson = (request: FastifyRequest): boolean =>
  (request.headers['content-type'] ?? '').toLowerCase().startsWith(ndjson);

/** Routes of `app` take JSON or NDJSON, whose bytes they read themselves. */
export function takeBatches(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', ndjson], { parseAs: 'buffer' }, (request, body, done) =>
    isPlainUtf8(request) ? done(null, body) : done(new Problem('unsupported_media_type'), undefined),
  );
}

/** What the caller is told of a body that is no batch. */
export const batchProblem = (error: unknown): unknown => {
  if (!(error instanceof NotABatch)) return error;
  if (error.why === 'too_many') return new Problem('too_large');
  if (error.why === 'invalid_json') return new Problem('invalid_json');
  return new Problem('invalid', [{ field: '', rule: 'not_an_array' }]);
};

/** The parts of a body, at least one. @throws NotABatch, Problem */
export async function splitBody(request: FastifyRequest): Promise<Part[]> {
  const body = request.body as Buffer;
  const parts = await (isNdjson(request) ? splitLines(body, mostParts) : splitArray(body, mostParts));
  if (parts.length === 0) throw new Problem('invalid', [{ field: '', rule: 'empty_batch' }]);
  return parts;
}

/** How many calls besides the one that was let in so many parts are worth. */
export const callsOf = (parts: number): number => Math.ceil(parts / partsACall) - 1;

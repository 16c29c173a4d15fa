import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Queued, ToQueue } from '@/domain/stream/queue-payments';
import { type Line, readParts } from '../batch/lines';
import { NotABatch, type Part, splitArray, splitLines } from '../batch/parts';
import { batchAnswer } from '../batch/results';
import type { Door } from '../door';
import type { Engine } from '../engine';
import { isPlainUtf8 } from '../media';
import { misfitIssue } from '../misfit';
import { Problem, unavailable } from '../problems';
import { Turns } from '../turns';

export const batchPath = '/api/v1/transactions/batch';
/** A batch has at most so many payments and bytes. */
export const mostPayments = 10_000;
export const batchBytes = 16 * 1024 * 1024;
/** Keeping payments costs far less than deciding them while a caller waits: so many count as one call against the rate. */
const paymentsACall = 100;

/** Batches at work at once in this process: each is held in memory. */
const mostAtWork = 8;
/** Kept by one statement. */
const blockSize = 500;
const ndjson = 'application/x-ndjson';
const json = 'application/json; charset=utf-8';

const isNdjson = (request: FastifyRequest): boolean =>
  (request.headers['content-type'] ?? '').toLowerCase().startsWith(ndjson);

const refusal = (error: NotABatch): Problem => {
  if (error.why === 'too_many') return new Problem('too_large');
  if (error.why === 'invalid_json') return new Problem('invalid_json');
  return new Problem('invalid', [{ field: '', rule: 'not_an_array' }]);
};

const split = (request: FastifyRequest): Promise<Part[]> => {
  const body = request.body as Buffer;
  return isNdjson(request) ? splitLines(body, mostPayments) : splitArray(body, mostPayments);
};

/** Marks what cannot be decided, and says what is to be kept: of each id the first that can. */
async function sift(lines: Line[], engine: Engine): Promise<ToQueue[]> {
  const turns = new Turns();
  const wanted = new Map<string, ToQueue>();
  for (const [at, line] of lines.entries()) {
    if ('issues' in line) continue;
    const { payment, hash, id } = line;
    const misfit = await engine.misfit(payment);
    if (misfit) lines[at] = { line: line.line, id, issues: [misfitIssue(misfit)] };
    else if (!wanted.has(payment.transaction_id)) wanted.set(payment.transaction_id, { payment, hash });
    await turns.pass();
  }
  return [...wanted.values()];
}

/** Block after block, each durable before the next: what is not kept after a failure can be sent again with the rest. */
async function keep(wanted: readonly ToQueue[], engine: Engine): Promise<Map<string, Queued>> {
  const kept = new Map<string, Queued>();
  for (let from = 0; from < wanted.length; from += blockSize)
    for (const [id, queued] of await engine.queue(wanted.slice(from, from + blockSize))) kept.set(id, queued);
  return kept;
}

/** `POST`: keeps up to 10,000 payments for the worker, and says of each what became of it. */
export const batchRoutes =
  (engine: Engine, door: Door): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    let atWork = 0;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(['application/json', ndjson], { parseAs: 'buffer' }, (request, body, done) =>
      isPlainUtf8(request) ? done(null, body) : done(new Problem('unsupported_media_type'), undefined),
    );

    app.post(
      batchPath,
      { bodyLimit: batchBytes, onRequest: door.enter('transaction:decide') },
      async (request, reply) => {
        if (request.body === undefined) throw new Problem('unsupported_media_type');
        if (atWork >= mostAtWork) throw unavailable();
        atWork += 1;
        try {
          const parts = await split(request);
          if (parts.length === 0) throw new Problem('invalid', [{ field: '', rule: 'empty_batch' }]);
          door.charge(request, Math.ceil(parts.length / paymentsACall) - 1);
          const lines = await readParts(parts, !isNdjson(request));
          const kept = await keep(await sift(lines, engine), engine);
          const { text, accepted } = await batchAnswer(lines, kept);
          if (accepted > 0) engine.announce('stream');
          reply.code(202).header('content-type', json);
          return text;
        } catch (error) {
          throw error instanceof NotABatch ? refusal(error) : error;
        } finally {
          atWork -= 1;
        }
      },
    );
  };

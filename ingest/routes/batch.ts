import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Queued, ToQueue } from '@/domain/stream/queue-payments';
import { batchBytes, batchProblem, callsOf, isNdjson, splitBody, takeBatches } from '../batch/body';
import { type Line, readParts, readPayment } from '../batch/lines';
import { batchAnswer } from '../batch/results';
import type { Door } from '../door';
import type { Engine } from '../engine';
import { misfitIssue } from '../misfit';
import { Problem, unavailable } from '../problems';
import { Turns } from '../turns';

export const batchPath = '/api/v1/transactions/batch';

/** Batches at work at once in this process: each is held in memory. */
const mostAtWork = 8;
/** Kept by one statement. */
const blockSize = 500;
const json = 'application/json; charset=utf-8';

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
    takeBatches(app);

    app.post(
      batchPath,
      { bodyLimit: batchBytes, onRequest: door.enter('transaction:decide') },
      async (request, reply) => {
        if (request.body === undefined) throw new Problem('unsupported_media_type');
        if (atWork >= mostAtWork) throw unavailable();
        atWork += 1;
        try {
          const parts = await splitBody(request);
          door.charge(request, callsOf(parts.length));
          const lines = await readParts(parts, !isNdjson(request), readPayment);
          const kept = await keep(await sift(lines, engine), engine);
          const { text, accepted } = await batchAnswer(lines, kept);
          if (accepted > 0) engine.announce('stream');
          reply.code(202).header('content-type', json);
          return text;
        } catch (error) {
          throw batchProblem(error);
        } finally {
          atWork -= 1;
        }
      },
    );
  };

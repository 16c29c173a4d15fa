import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { invalidInput } from '@/domain/errors';
import { outsideId, paymentInput } from '@/domain/transactions/input';
import { findStanding, type Standing } from '@/domain/transactions/stored-outcome';
import type { Door } from '../door';
import type { Engine, PaymentOutcome } from '../engine';
import { conflictIssue, misfitIssue } from '../misfit';
import { Problem, unavailable, wordedStreamError } from '../problems';

/** Payments at work at once in this process; more would wait longer than a caller does. */
const mostAtWork = 4_000;

const json = 'application/json; charset=utf-8';

const refusal = (outcome: Exclude<PaymentOutcome, { kind: 'answer' }>): Problem => {
  if (outcome.kind === 'conflict') return new Problem('conflict', [conflictIssue]);
  const misfit = outcome.kind === 'no_partition' ? 'outside_partitions' : outcome.kind;
  return new Problem('unprocessable', [misfitIssue(misfit)]);
};

/** What is said of a payment that is kept and has no answer. */
export type Undecided = {
  transaction_id: string;
  status: 'queued' | 'dead' | 'discarded';
  error?: { code: string; message: string };
};

const undecided = (id: string, standing: Exclude<Standing, { standing: 'decided' }>): Undecided => ({
  transaction_id: id,
  status: standing.standing,
  ...(standing.standing === 'queued' ? {} : { error: wordedStreamError(standing.error) }),
});

/** `POST` decides a payment, `GET` gives the answer that was given, or says where the payment stands. */
export const transactionRoutes =
  (engine: Engine, door: Door): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    let atWork = 0;

    app.post(
      '/api/v1/transactions',
      { onRequest: door.enter('transaction:decide') },
      async (request, reply) => {
        if (request.body === undefined) throw new Problem('unsupported_media_type');
        const parsed = paymentInput.safeParse(request.body);
        if (!parsed.success) throw invalidInput(parsed.error);
        if (atWork >= mostAtWork) throw unavailable();
        atWork += 1;
        try {
          const outcome = await engine.decide(parsed.data, new Date(request.arrivedAt).toISOString());
          if (outcome.kind !== 'answer') throw refusal(outcome);
          reply.header('content-type', json);
          return outcome.answer;
        } finally {
          atWork -= 1;
        }
      },
    );

    app.get<{ Params: { id: string } }>(
      '/api/v1/transactions/:id',
      { onRequest: door.enter('transaction:read') },
      async (request, reply) => {
        const id = outsideId.safeParse(request.params.id);
        const found = id.success ? await engine.availability.use(() => findStanding(id.data)) : null;
        if (found === null) throw new Problem('not_found');
        reply.header('content-type', json);
        if (found.standing === 'decided') return found.answer;
        reply.code(202);
        return JSON.stringify(undecided(id.data as string, found));
      },
    );
  };

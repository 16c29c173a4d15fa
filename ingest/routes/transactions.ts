import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { FieldIssue } from '@/domain/errors';
import { invalidInput } from '@/domain/errors';
import { outsideId, paymentInput } from '@/domain/transactions/input';
import { findAnswer } from '@/domain/transactions/stored-answer';
import type { Door } from '../door';
import type { Engine, PaymentOutcome } from '../engine';
import { Problem, unavailable } from '../problems';

/** Payments at work at once in this process; more would wait longer than a caller does. */
const mostAtWork = 4_000;

const json = 'application/json; charset=utf-8';

const refusal = (outcome: Exclude<PaymentOutcome, { kind: 'answer' }>): Problem => {
  const about = (field: string, rule: string): FieldIssue[] => [{ field, rule }];
  switch (outcome.kind) {
    case 'conflict':
      return new Problem('conflict', about('transaction_id', 'other_body'));
    case 'no_rate':
      return new Problem('unprocessable', about('currency', 'no_rate'));
    case 'in_future':
      return new Problem('unprocessable', about('transaction_timestamp', 'in_future'));
    case 'no_partition':
    case 'outside_partitions':
      return new Problem('unprocessable', about('transaction_timestamp', 'outside_partitions'));
    case 'amount_too_large':
      return new Problem('unprocessable', about('amount', 'amount_too_large'));
  }
};

/** `POST` decides a payment, `GET` gives the answer that was given. */
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
        const answer = id.success ? await engine.availability.use(() => findAnswer(id.data)) : null;
        if (answer === null) throw new Problem('not_found');
        reply.header('content-type', json);
        return answer;
      },
    );
  };

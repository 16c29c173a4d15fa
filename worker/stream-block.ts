import { log } from '@/domain/log';
import { type Claim, openClaims, retryWaitMs, type Settlement, settleClaims } from '@/domain/stream/claims';
import type { StreamErrorCode } from '@/domain/stream/error-codes';
import { failureOf, isServerTrouble } from '@/domain/stream/failure';
import { type DecideDeps, type DecideInput, type DecideOutcome, decide } from '@/domain/transactions/decide';
import { readKeptPayment } from '@/domain/transactions/kept-payment';
import { amountMisfit } from '@/domain/transactions/money';
import { streamCounters as counters } from './stream-counters';

export type BlockDeps = DecideDeps & {
  /** Failed tries after which a payment is given up. */
  maxTries: number;
};

type Ready = { claim: Claim; input: DecideInput };

/**
 * Decides what this worker holds, in order. A payment that fails takes no other with it: the block is halved until the
 * one is found, which then waits for its next try or is given up. Rejects when the database is in trouble, not a payment.
 */
export async function decideBlock(claims: readonly Claim[], deps: BlockDeps): Promise<void> {
  const rates = deps.rules().rates;
  const refused: Settlement[] = [];
  const ready: Ready[] = [];
  for (const claim of claims) {
    const payment = readKeptPayment(claim.kept, claim.hash);
    const wrong = payment ? amountMisfit(payment, rates) : 'unreadable';
    if (payment && !wrong) ready.push({ claim, input: { payment, leaseEpoch: claim.epoch } });
    else refused.push(givenUp(claim, wrong as StreamErrorCode));
  }
  await settle(refused, deps);
  await decideOrHalve(ready, deps);
}

async function decideOrHalve(block: readonly Ready[], deps: BlockDeps): Promise<void> {
  if (block.length === 0) return;
  try {
    const outcomes = await decide(
      block.map(({ input }) => input),
      deps,
    );
    await settle(
      outcomes.flatMap((outcome, at) => settlementOf((block[at] as Ready).claim, outcome)),
      deps,
    );
  } catch (error) {
    if (isServerTrouble(error)) throw error;
    if (block.length === 1) return settle([failed((block[0] as Ready).claim, error, deps.maxTries)], deps);
    log.warn({ err: error, payments: block.length }, 'a block failed; halving it');
    // What its earlier waves have recorded stays.
    const open = new Set(
      await openClaims(
        deps.sql,
        block.map(({ claim }) => claim),
      ),
    );
    const left = block.filter(({ claim }) => open.has(claim));
    const half = Math.ceil(left.length / 2);
    await decideOrHalve(left.slice(0, half), deps);
    await decideOrHalve(left.slice(half), deps);
  }
}

function settlementOf(claim: Claim, outcome: DecideOutcome): Settlement[] {
  switch (outcome.kind) {
    case 'answer':
      if (outcome.repeated) counters.repeated += 1;
      else counters.decided += 1;
      return [];
    case 'fenced':
      counters.fenced += 1;
      return [];
    case 'left':
      return [{ claim, verdict: 'RELEASED' }];
    case 'conflict':
    case 'no_rate':
    case 'no_partition':
      return [givenUp(claim, outcome.kind)];
  }
}

const messages: Partial<Record<StreamErrorCode, string>> = {
  conflict: 'its id is taken by a payment that was decided before',
  no_rate: 'its currency has no rate in currency.rates',
  no_partition: 'its month has no partition and is not made any more',
  amount_too_large: 'its amount does not fit in the base currency',
  unreadable: 'raw_data does not give payload_hash',
};

const givenUp = (claim: Claim, code: StreamErrorCode): Settlement => ({
  claim,
  verdict: 'DEAD',
  code,
  message: messages[code] ?? code,
});

function failed(claim: Claim, error: unknown, maxTries: number): Settlement {
  const failure = failureOf(error);
  log.warn(
    { err: error, id: claim.id, tries: claim.tries + 1, code: failure.code },
    'a queued payment failed',
  );
  return claim.tries + 1 >= maxTries
    ? { claim, verdict: 'DEAD', ...failure }
    : { claim, verdict: 'FAILED', ...failure, waitMs: retryWaitMs(claim.tries, Math.random()) };
}

async function settle(settlements: readonly Settlement[], { sql }: BlockDeps): Promise<void> {
  if (settlements.length === 0) return;
  const settled = await settleClaims(sql, settlements);
  for (const { claim, verdict } of settlements) {
    // It was decided, or taken over, meanwhile.
    if (!settled.has(claim.id)) continue;
    if (verdict === 'DEAD') counters.dead += 1;
    else if (verdict === 'FAILED') counters.failed += 1;
    else counters.released += 1;
  }
}

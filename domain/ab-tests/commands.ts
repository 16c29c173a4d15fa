import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { checked, lockChampion, promoteModel } from '@/domain/models/commands';
import { namedChampion } from '@/domain/models/named-champion';
import { shippedModel } from '@/domain/models/shipped';
import { command } from '@/domain/operation';
import { type Arm, concludeAbTestInput, type Measure, startAbTestInput, stopAbTestInput } from './input';
import { type Measured, reportOf } from './report';

// Every process reads again who decides when it hears of `config`.
const topics = ['models', 'config'] as const;
type Named = { name: string; version: string };
const same = (a: Named, b: Named) => a.name === b.name && a.version === b.version;
const words = ({ name, version }: Named) => `${name} ${version}`;

/** A challenger that is there, can be read, and is not the champion. */
async function checkChallenger(tx: Tx, champion: Named, challenger: Named): Promise<void> {
  if (same(champion, challenger))
    throw new AppError('conflict', { field: 'challenger', detail: 'model.champion' });
  if (same(challenger, shippedModel)) return;
  const [row] = await tx.execute<{ parameters: string }>(sql`select parameters::text as parameters from models
    where model_name = ${challenger.name} and model_version = ${challenger.version}`);
  if (!row) throw new AppError('not_found', { field: 'challenger', detail: 'model' });
  checked(JSON.parse(row.parameters));
}

/**
 * Lets a challenger score the payments of a share of the customers from now on, in every process, without a restart; the
 * champion scores those of all others. The shipped model can be one too.
 * @throws AppError('conflict', ab-test.running) while another runs
 */
export const startAbTest = command({
  name: 'ab-test:start',
  can: 'ab-test:start',
  input: startAbTestInput,
  topics,
  run: async ({ tx, actor, input }) => {
    await lockChampion(tx);
    const [running] = await tx.execute(sql`select 1 from model_ab_tests where status = 'ACTIVE'`);
    if (running) throw new AppError('conflict', { detail: 'ab-test.running' });
    const champion = await namedChampion(tx);
    const challenger = { name: input.challenger, version: input.challengerVersion };
    await checkChallenger(tx, champion, challenger);
    const [started] = await tx.execute<{ id: number }>(sql`
      insert into model_ab_tests (test_name, model_a, model_a_version, model_b, model_b_version, traffic_split,
        primary_measure, min_labelled, mature_days, created_by)
      values (${input.name}, ${champion.name}, ${champion.version}, ${challenger.name}, ${challenger.version},
        ${input.splitPercent / 100}, ${input.measure}, ${input.minLabelled}, ${input.matureDays}, ${actorId(actor)})
      returning id`);
    const id = Number(started!.id);
    return {
      value: { id },
      audit: {
        resourceType: 'ab-test',
        resourceId: id,
        after: {
          name: input.name,
          champion: words(champion),
          challenger: words(challenger),
          splitPercent: input.splitPercent,
          measure: input.measure,
          minLabelled: input.minLabelled,
          matureDays: input.matureDays,
        },
      },
    };
  },
});

type Ended = { challenger: Named } & Record<'before' | 'after', Record<string, unknown>>;

/** Takes a running test to its end; what was measured last stays, with what it says. */
async function end(
  tx: Tx,
  id: number,
  to: { status: 'STOPPED' | 'CONCLUDED'; winner: Arm | null; reason: string; by: string | null },
): Promise<Ended> {
  await lockChampion(tx);
  const [row] = await tx.execute<Record<string, unknown>>(sql`
    select model_b, model_b_version, primary_measure, min_labelled, results from model_ab_tests
    where id = ${id} and status = 'ACTIVE' for update`);
  if (!row) throw new AppError('conflict', { detail: 'ab-test.ended' });
  const measured = row.results as Measured | null;
  const report = reportOf(measured, row.primary_measure as Measure, Number(row.min_labelled));
  if (to.status === 'CONCLUDED' && report.verdict === 'too-early')
    throw new AppError('conflict', { detail: 'ab-test.too-early' });
  const results = measured && JSON.stringify({ ...measured, report });
  await tx.execute(sql`
    update model_ab_tests set status = ${to.status}, winner = ${to.winner}, end_date = now(), end_reason = ${to.reason},
      ended_by = ${to.by}, results = ${results}::text::jsonb
    where id = ${id}`);
  return {
    challenger: { name: String(row.model_b), version: String(row.model_b_version) },
    before: { status: 'ACTIVE' },
    after: { status: to.status, winner: to.winner, verdict: report.verdict },
  };
}

/**
 * Ends a test without a winner: the champion scores every payment again.
 * @throws AppError('conflict', ab-test.ended)
 */
export const stopAbTest = command({
  name: 'ab-test:stop',
  can: 'ab-test:stop',
  input: stopAbTestInput,
  topics,
  run: async ({ tx, actor, input: { id, reason } }) => {
    const by = actorId(actor);
    const { before, after } = await end(tx, id, { status: 'STOPPED', winner: null, reason, by });
    return { value: { id }, audit: { resourceType: 'ab-test', resourceId: id, before, after, reason } };
  },
});

/**
 * Ends a test that has its verdict: the challenger becomes the champion, or the champion stays, as the person says. What
 * was measured, and what it said, stays as it is.
 * @throws AppError('conflict', ab-test.ended), AppError('conflict', ab-test.too-early) while there is no verdict
 */
export const concludeAbTest = command({
  name: 'ab-test:conclude',
  can: 'ab-test:conclude',
  input: concludeAbTestInput,
  topics,
  run: async ({ tx, actor, input: { id, winner, reason } }) => {
    const by = actorId(actor);
    const { challenger, before, after } = await end(tx, id, { status: 'CONCLUDED', winner, reason, by });
    if (winner === 'challenger') await promoteModel.inside(tx, actor, { ...challenger, reason });
    return { value: { id }, audit: { resourceType: 'ab-test', resourceId: id, before, after, reason } };
  },
});

import type { Sql } from 'postgres';
import { type SystemActor, systemActor } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { notifyChannel } from '@/domain/operation';
import { registerModel } from './commands';
import { type TrainingPlan, trainingPlan } from './input';
import { type TrainingStep, train } from './train';

/** A run whose process has not been heard of for so long is lost. */
const lostAfterSeconds = 120;
const betweenReportsMs = 700;

class Ended extends Error {}

/** Takes the oldest run that waits, or null. Runs that nobody is at any more are failed on the way. */
export async function takeExperiment(sql: Sql): Promise<number | null> {
  await sql`update model_experiments set status = 'FAILED', ended_at = now(), message = 'lost'
    where status = 'RUNNING' and heartbeat_at < now() - make_interval(secs => ${lostAfterSeconds}::int)`;
  const [row] = await sql<{ id: number }[]>`
    update model_experiments set status = 'RUNNING', heartbeat_at = now(), message = 'reading'
    where id = (select id from model_experiments where status = 'WAITING' order by id limit 1 for update skip locked)
      and status = 'WAITING'
    returning id`;
  return row ? Number(row.id) : null;
}

/** A run that this process begins at once. */
export async function beginExperiment(
  sql: Sql,
  name: string,
  plan: TrainingPlan,
  by: string,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into model_experiments (experiment_name, model_type, hyperparameters, created_by, status, heartbeat_at, message)
    values (${name}, ${plan.type}, ${JSON.stringify(plan)}::text::jsonb, ${by}, 'RUNNING', now(), 'reading') returning id`;
  return Number(row!.id);
}

const tell = (sql: Sql) => sql`select pg_notify(${notifyChannel}, '["models"]')`;

/** Lets another process take it up again from the start. */
export async function returnExperiment(sql: Sql, id: number): Promise<void> {
  await sql`update model_experiments set status = 'WAITING', heartbeat_at = null, progress = 0, message = null
    where id = ${id} and status = 'RUNNING'`;
}

export type ExperimentEnd =
  | { status: 'DONE'; name: string; version: string }
  | { status: 'CANCELLED' }
  | { status: 'FAILED'; message: string };

/**
 * Carries out a run that this process has taken, and writes down how it ended. Somebody may cancel it meanwhile: its
 * row is asked at every report. Rejects only when the database cannot be reached.
 */
export async function runExperiment(
  sql: Sql,
  id: number,
  options: { actor?: SystemActor; onStep?: (step: TrainingStep, share: number) => void } = {},
): Promise<ExperimentEnd> {
  const [row] = await sql`select hyperparameters::text as plan from model_experiments where id = ${id}`;
  const plan = trainingPlan.parse(JSON.parse(String(row?.plan)));
  let reported = Number.NEGATIVE_INFINITY;
  const report = async (step: TrainingStep, share: number): Promise<void> => {
    if (performance.now() - reported < betweenReportsMs) return;
    reported = performance.now();
    options.onStep?.(step, share);
    const rows =
      await sql`update model_experiments set progress = ${share}, message = ${step}, heartbeat_at = now()
      where id = ${id} and status = 'RUNNING' returning id`;
    if (rows.length === 0) throw new Ended();
    await tell(sql);
  };
  try {
    const trained = await train(sql, plan, { name: plan.type, version: String(id) }, report);
    const made = await registerModel(options.actor ?? systemActor('training'), {
      experiment: id,
      plan,
      ...trained,
    });
    if (made.ok) return { status: 'DONE', ...made.value };
    if (made.error.detail === 'experiment.ended') return { status: 'CANCELLED' };
    throw new AppError(made.error.code, made.error);
  } catch (error) {
    if (error instanceof Ended) return { status: 'CANCELLED' };
    const message = (error instanceof RangeError ? error.message : String(error)).slice(0, 500);
    await sql`update model_experiments set status = 'FAILED', ended_at = now(), message = ${message}
      where id = ${id} and status = 'RUNNING'`;
    await tell(sql);
    return { status: 'FAILED', message };
  }
}

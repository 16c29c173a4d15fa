import { parseArgs } from 'node:util';
import { closeDatabase, connect, databaseSql, setDatabase } from '@/db/client';
import { beginExperiment, returnExperiment, runExperiment } from '@/domain/models/experiment';
import { modelTypes, type TrainingPlan, trainingPlan } from '@/domain/models/input';
import type { TrainingStep } from '@/domain/models/train';
import { databaseUrl } from './starter/database-url';
import { readSettings } from './starter/settings';

/** Trains a model on labelled payments and puts it into the registry as a candidate. */
const usage = `npm run train -- --type ${modelTypes.join('|')} --train-from DATE --train-to DATE --assess-to DATE
  [--assess-from DATE] [--mature-days 7] [--threshold 0.5] [--seed 1] [--name NAME]
Payments of [train-from, train-to) are learnt from, those of [assess-from, assess-to) judge the model. Labels count if
they were known at assess-from; without --assess-from judging begins where learning ends. With --mature-days a payment
that has no label so many days later counts as genuine; without it, it is left out. Dates are ISO 8601, in UTC.`;

const options = {
  experiment: { type: 'string' },
  type: { type: 'string' },
  name: { type: 'string' },
  seed: { type: 'string' },
  threshold: { type: 'string' },
  'train-from': { type: 'string' },
  'train-to': { type: 'string' },
  'assess-from': { type: 'string' },
  'assess-to': { type: 'string' },
  'mature-days': { type: 'string' },
} as const;

const moment = (text: string | undefined): string => {
  const date = new Date(text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : (text ?? ''));
  if (Number.isNaN(date.getTime())) throw new Error(usage);
  return date.toISOString();
};

function planOf(values: Partial<Record<keyof typeof options, string>>): TrainingPlan {
  const parsed = trainingPlan.safeParse({
    type: values.type ?? 'trees',
    seed: Number(values.seed ?? 1),
    threshold: Number(values.threshold ?? 0.5),
    trainFrom: moment(values['train-from']),
    trainTo: moment(values['train-to']),
    assessFrom: moment(values['assess-from'] ?? values['train-to']),
    assessTo: moment(values['assess-to']),
    matureDays: values['mature-days'] === undefined ? null : Number(values['mature-days']),
  });
  if (parsed.success) return parsed.data;
  throw new Error(
    `${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n')}\n${usage}`,
  );
}

const show = (step: TrainingStep, share: number): void => {
  console.log(`${step} ${String(Math.round(share * 100)).padStart(3)} %`);
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  // A worker hands its own login down; from a shell it is the server's.
  if (values.experiment === undefined || process.env.VIGIL_WORKER_DATABASE_URL === undefined)
    setDatabase(connect(databaseUrl(readSettings(process.env, [])), { max: 2, name: 'train' }));
  const sql = databaseSql();
  const plan = values.experiment === undefined ? planOf(values) : null;
  const id = plan
    ? await beginExperiment(sql, values.name ?? `${plan.type} from the command line`, plan, 'command line')
    : Number(values.experiment);
  process.once('SIGTERM', () => {
    void returnExperiment(sql, id).finally(() => process.exit(0));
  });
  process.once('SIGINT', () => {
    void sql`update model_experiments set status = 'CANCELLED', ended_at = now() where id = ${id} and status = 'RUNNING'`
      .catch(() => {})
      .finally(() => process.exit(130));
  });
  try {
    const end = await runExperiment(sql, id, { onStep: show });
    if (end.status === 'DONE') console.log(`${end.name} ${end.version} is in the registry`);
    else console.log(end.status === 'FAILED' ? `failed: ${end.message}` : 'cancelled');
    if (end.status === 'FAILED') process.exitCode = 1;
  } finally {
    await closeDatabase();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

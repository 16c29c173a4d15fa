import type { TransactionSql } from 'postgres';
import { checkHealth } from '@/domain/database/check-health';
import { sampleHealth } from '@/domain/database/sample-health';
import { pruneQueryStats, sampleQueries } from '@/domain/database/sample-queries';
import { catalogue, type JobName } from '@/domain/jobs/catalogue';
import { expireStale } from '@/domain/jobs/expire';
import type { RunEnd } from '@/domain/jobs/runs';
import { watchChampion } from '@/domain/models/watch-champion';
import type { Topic } from '@/domain/operation';
import { samplePool } from '@/domain/pool/sample-pool';
import { settings } from '@/domain/settings/catalogue';

export type Job = {
  name: string;
  /** When, in UTC. */
  cron: string;
  /** Also once when the worker starts. */
  atStart: boolean;
  /** What consoles read again after a run. */
  topics: readonly Topic[];
  /** What they read again only when it did something. */
  topicsIfRows?: readonly Topic[];
  /** Null when the database function behind it has ended its row of job_runs itself. */
  run: (tx: TransactionSql, now: Date) => Promise<Pick<RunEnd, 'rows' | 'detail'> | null>;
};

const daysKept = async (tx: TransactionSql): Promise<number> => {
  const setting = settings['retention.system_metrics_days'];
  const [row] = await tx`select config_value as value from system_config
    where config_key = 'retention.system_metrics_days'`;
  const parsed = setting.schema.safeParse(row?.value);
  return parsed.success ? parsed.data : setting.initial;
};

type StatementJob = { [K in JobName]: (typeof catalogue)[K] extends { sql: string } ? K : never }[JobName];

/** A job that is one statement; the function behind it writes how it ended, also when it failed. */
const statement = (
  name: StatementJob,
  topics: readonly Topic[] = ['jobs', 'health'],
): Omit<Job, 'name' | 'cron'> => ({
  atStart: true,
  topics,
  run: async (tx) => {
    await tx.unsafe(catalogue[name].sql);
    return null;
  },
});

/** When: every job of this worker. */
export const jobs: readonly Job[] = Object.entries({
  'ensure-partitions': statement('ensure-partitions'),
  'archive-old-transactions': statement('archive-old-transactions'),
  'drop-expired-partitions': statement('drop-expired-partitions'),
  'delete-expired-rows': statement('delete-expired-rows'),
  'refresh-fraud-dashboard': statement('refresh-fraud-dashboard', ['jobs', 'health', 'decisions']),
  'daily-reports': statement('daily-reports', ['jobs', 'health', 'reports']),
  'measure-ab-tests': statement('measure-ab-tests', ['jobs', 'health', 'models']),
  'roll-up-metrics': statement('roll-up-metrics'),
  'analyze-partitioned': statement('analyze-partitioned'),
  'sample-health': {
    atStart: true,
    topics: ['jobs', 'health'],
    run: async (tx, now) => ({ rows: await sampleHealth(tx, now) }),
  },
  'check-health': {
    atStart: true,
    topics: ['jobs', 'health'],
    run: async (tx, now) => {
      const { checks, ...detail } = await checkHealth(tx, now);
      return { rows: checks, detail };
    },
  },
  'sample-queries': {
    atStart: true,
    topics: ['jobs', 'health'],
    run: async (tx, now) => {
      const sample = await sampleQueries(tx, now);
      if (!sample) return { rows: 0, detail: { reason: 'pg_stat_statements is not loaded' } };
      const { rows, ...detail } = sample;
      return { rows, detail };
    },
  },
  'sample-pool': {
    atStart: true,
    topics: ['jobs', 'health'],
    run: async (tx, now) => {
      const rows = await samplePool(tx, now);
      return rows === null ? { rows: 0, detail: { reason: 'no PgBouncer is set up' } } : { rows };
    },
  },
  'expire-sessions': {
    atStart: true,
    topics: ['jobs'],
    topicsIfRows: ['sessions'],
    run: async (tx, now) => {
      const { sessions, counters } = await expireStale(tx, now);
      return { rows: sessions + counters, detail: { sessions, counters } };
    },
  },
  'watch-champion': {
    atStart: true,
    topics: ['jobs', 'models'],
    run: async (tx, now) => {
      const watched = await watchChampion(tx, now);
      const detail: RunEnd['detail'] = watched ?? { reason: 'there is no reference yet' };
      return { rows: watched ? watched.days + watched.windows : 0, detail };
    },
  },
  'prune-query-stats': {
    atStart: true,
    topics: ['jobs'],
    run: async (tx, now) => ({ rows: await pruneQueryStats(tx, now, await daysKept(tx)) }),
  },
} satisfies Record<JobName, Omit<Job, 'name' | 'cron'>>).map(([name, job]) => ({
  name,
  cron: catalogue[name as JobName].cron,
  ...job,
}));

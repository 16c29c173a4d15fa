import type { TransactionSql } from 'postgres';
import { sampleHealth } from '@/domain/database/sample-health';
import { pruneQueryStats, sampleQueries } from '@/domain/database/sample-queries';
import { type JobName, jobSchedules } from '@/domain/jobs/catalogue';
import { expireStale } from '@/domain/jobs/expire';
import type { RunEnd } from '@/domain/jobs/runs';
import type { Topic } from '@/domain/operation';
import { settings } from '@/domain/settings/catalogue';

export type Job = {
  name: string;
  /** When, in UTC. */
  cron: string;
  /** Also once when the worker starts. */
  atStart: boolean;
  /** The database function behind it writes its own row of job_runs, also when it fails. */
  recordsItself: boolean;
  /** What consoles read again after a run; with `ifRows` only when it did something. */
  topics: readonly Topic[];
  ifRows?: boolean;
  run: (tx: TransactionSql, now: Date) => Promise<Pick<RunEnd, 'rows' | 'detail'>>;
};

const daysKept = async (tx: TransactionSql): Promise<number> => {
  const setting = settings['retention.system_metrics_days'];
  const [row] = await tx`select config_value as value from system_config
    where config_key = 'retention.system_metrics_days'`;
  const parsed = setting.schema.safeParse(row?.value);
  return parsed.success ? parsed.data : setting.initial;
};

/** When: every job of this worker. */
export const jobs: readonly Job[] = Object.entries({
  'ensure-partitions': {
    atStart: true,
    recordsItself: true,
    topics: ['jobs', 'health'],
    run: async (tx) => {
      await tx`select run_ensure_partitions()`;
      return {};
    },
  },
  'refresh-fraud-dashboard': {
    atStart: true,
    recordsItself: true,
    topics: ['jobs', 'health', 'decisions'],
    run: async (tx) => {
      await tx`select refresh_fraud_dashboard()`;
      return {};
    },
  },
  'sample-health': {
    atStart: true,
    recordsItself: false,
    topics: ['health'],
    run: async (tx, now) => ({ rows: await sampleHealth(tx, now) }),
  },
  'sample-queries': {
    atStart: true,
    recordsItself: false,
    topics: ['health'],
    run: async (tx, now) => {
      const sample = await sampleQueries(tx, now);
      if (!sample) return { rows: 0, detail: { reason: 'pg_stat_statements is not loaded' } };
      const { rows, ...detail } = sample;
      return { rows, detail };
    },
  },
  'expire-sessions': {
    atStart: true,
    recordsItself: false,
    topics: ['sessions'],
    ifRows: true,
    run: async (tx, now) => {
      const { sessions, counters } = await expireStale(tx, now);
      return { rows: sessions + counters, detail: { sessions, counters } };
    },
  },
  'prune-query-stats': {
    atStart: false,
    recordsItself: false,
    topics: ['jobs'],
    run: async (tx, now) => ({ rows: await pruneQueryStats(tx, now, await daysKept(tx)) }),
  },
} satisfies Record<JobName, Omit<Job, 'name' | 'cron'>>).map(([name, job]) => ({
  name,
  cron: jobSchedules[name as JobName],
  ...job,
}));

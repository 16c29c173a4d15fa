/** `cron`: when, in UTC. `sql`: the statement that is the whole job, so that pg_cron can run it where the server has it. */
type CatalogueJob = { cron: string; sql?: string };

/** Every job by name. What it is for and what its pause means is worded in messages (`jobs.about.<name>`). */
export const catalogue = {
  'ensure-partitions': { cron: '17 * * * *', sql: 'SELECT public.run_ensure_partitions();' },
  'archive-old-transactions': { cron: '37 * * * *', sql: 'SELECT public.archive_old_transactions();' },
  'drop-expired-partitions': {
    cron: '*/10 * * * *',
    sql: `SELECT public.run_job('drop-expired-partitions');`,
  },
  'delete-expired-rows': { cron: '*/5 * * * *', sql: `SELECT public.run_job('delete-expired-rows');` },
  'refresh-fraud-dashboard': { cron: '*/5 * * * *', sql: 'SELECT public.refresh_fraud_dashboard();' },
  'daily-reports': { cron: '*/15 * * * *', sql: `SELECT public.run_job('daily-reports');` },
  'measure-ab-tests': { cron: '*/5 * * * *', sql: `SELECT public.run_job('measure-ab-tests');` },
  'roll-up-metrics': { cron: '7 * * * *', sql: `SELECT public.run_job('roll-up-metrics');` },
  'analyze-partitioned': { cron: '53 * * * *', sql: `SELECT public.run_job('analyze-partitioned');` },
  'sample-health': { cron: '* * * * *' },
  'check-health': { cron: '* * * * *' },
  'sample-queries': { cron: '* * * * *' },
  'sample-pool': { cron: '* * * * *' },
  'watch-champion': { cron: '23 * * * *' },
  'prune-query-stats': { cron: '41 * * * *' },
  'expire-sessions': { cron: '*/5 * * * *' },
} as const satisfies Record<string, CatalogueJob>;

export type JobName = keyof typeof catalogue;
export const jobNames = Object.keys(catalogue) as [JobName, ...JobName[]];

/** What lies in job_runs.status. */
export const runStates = ['waiting', 'running', 'ok', 'failed', 'skipped', 'missed', 'lost'] as const;
export type RunState = (typeof runStates)[number];

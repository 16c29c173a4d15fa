/** Every job by name, with its schedule in UTC: what the worker runs, or pg_cron where the server has the job. */
export const jobSchedules = {
  'ensure-partitions': '17 * * * *',
  'refresh-fraud-dashboard': '*/5 * * * *',
  'sample-health': '* * * * *',
  'sample-queries': '* * * * *',
  'expire-sessions': '*/5 * * * *',
  'prune-query-stats': '41 * * * *',
} as const;

export type JobName = keyof typeof jobSchedules;

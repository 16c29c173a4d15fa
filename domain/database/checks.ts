/**
 * What is checked of the database, with its stated limits. A check's name is also the code of its sentences in
 * messages (`database.checks.<name>`: what it means, cause, fix).
 */
export type CheckStatus = 'ok' | 'warning' | 'critical' | 'skipped';

export type Check = {
  name: string;
  /** Unit of value and limits. */
  unit: 'percent' | 'count' | 'seconds' | 'days' | 'bytes' | 'ids';
  /** From here on it is a warning, or critical; with `below` the other way round. */
  warning: number;
  critical: number;
  below?: boolean;
};

export const checks = [
  { name: 'connections', unit: 'percent', warning: 70, critical: 90 },
  { name: 'cacheHitRatio', unit: 'percent', warning: 95, critical: 90, below: true },
  { name: 'longestTransaction', unit: 'seconds', warning: 300, critical: 1800 },
  { name: 'idleInTransaction', unit: 'count', warning: 5, critical: 15 },
  { name: 'lockWaits', unit: 'count', warning: 1, critical: 5 },
  { name: 'rollbacks', unit: 'percent', warning: 5, critical: 20 },
  { name: 'deadlocks', unit: 'count', warning: 1, critical: 10 },
  { name: 'temporaryFiles', unit: 'bytes', warning: 1e9, critical: 1e10 },
  { name: 'transactionIdAge', unit: 'ids', warning: 500_000_000, critical: 1_000_000_000 },
  { name: 'multixactIdAge', unit: 'ids', warning: 500_000_000, critical: 1_000_000_000 },
  { name: 'partitionRunway', unit: 'days', warning: 30, critical: 7, below: true },
  { name: 'dailyPartitionRunway', unit: 'days', warning: 2, critical: 1, below: true },
  { name: 'dashboardAge', unit: 'seconds', warning: 660, critical: 1800 },
  { name: 'streamLag', unit: 'seconds', warning: 10, critical: 60 },
  { name: 'streamOpen', unit: 'count', warning: 500, critical: 5000 },
  { name: 'streamDead', unit: 'count', warning: 1, critical: 100 },
  { name: 'jobsFailed', unit: 'count', warning: 1, critical: 20 },
] as const satisfies readonly Check[];

export type CheckName = (typeof checks)[number]['name'];

/** Why nothing can be said: worded in `database.skipped.<code>`. */
export type SkipReason = 'no_samples' | 'too_little' | 'not_measured';

/** What was measured for a check: its value, or why there is none. */
export type Measured = { value: number } | { skipped: SkipReason };

export type CheckResult = {
  name: CheckName;
  status: CheckStatus;
  value: number | null;
  unit: Check['unit'];
  warning: number;
  critical: number;
  below: boolean;
  skipped: SkipReason | null;
};

/** Holds a measured value against a check's limits; at a limit counts as past it. Never 'ok' without a value. */
export const judge = (check: Check & { name: CheckName }, measured: Measured): CheckResult => {
  const { name, unit, warning, critical, below = false } = check;
  const limits = { name, unit, warning, critical, below };
  if ('skipped' in measured) return { ...limits, status: 'skipped', value: null, skipped: measured.skipped };
  const { value } = measured;
  const past = (limit: number) => (below ? value < limit : value >= limit);
  const status = past(critical) ? 'critical' : past(warning) ? 'warning' : 'ok';
  return { ...limits, status, value, skipped: null };
};

export type Metric = { metric: string; value: number | null; unit: string; limit: number | null };

/** What totals grew by within the last hour, and over how many seconds of samples. */
export type Growth = { seconds: number; grown: Record<string, number> };

/** Fewer blocks than these say nothing about the cache, fewer transactions nothing about rollbacks. */
const fewestBlocks = 50_000;
const fewestTransactions = 200;

/** The value of every check, from the view's figures of now and the growth of its totals in the last hour. */
export const measure = (metrics: readonly Metric[], growth: Growth | null): Record<CheckName, Measured> => {
  const now = (metric: string): Measured => {
    const value = metrics.find((row) => row.metric === metric)?.value;
    return value === null || value === undefined ? { skipped: 'not_measured' } : { value };
  };
  const grown = (metric: string): Measured => {
    const value = growth?.grown[metric];
    return value === undefined ? { skipped: 'no_samples' } : { value };
  };
  const share = (part: string, rest: string, fewest: number): Measured => {
    const [a, b] = [growth?.grown[part], growth?.grown[rest]];
    if (a === undefined || b === undefined) return { skipped: 'no_samples' };
    return a + b < fewest ? { skipped: 'too_little' } : { value: (100 * a) / (a + b) };
  };
  const connections = metrics.find((row) => row.metric === 'connections');
  return {
    connections:
      connections?.value != null && connections.limit
        ? { value: (100 * connections.value) / connections.limit }
        : { skipped: 'not_measured' },
    cacheHitRatio: share('blocks_hit', 'blocks_read', fewestBlocks),
    longestTransaction: now('longest_transaction'),
    idleInTransaction: now('connections_idle_in_transaction'),
    lockWaits: now('lock_waits'),
    rollbacks: share('transactions_rolled_back', 'transactions_committed', fewestTransactions),
    deadlocks: grown('deadlocks'),
    temporaryFiles: grown('temp_bytes'),
    transactionIdAge: now('transaction_id_age'),
    multixactIdAge: now('multixact_id_age'),
    partitionRunway: now('partition_runway'),
    dailyPartitionRunway: now('partition_runway_daily'),
    dashboardAge: now('dashboard_age'),
    streamLag: now('stream_lag'),
    streamOpen: now('stream_open'),
    streamDead: now('stream_dead'),
    jobsFailed: now('jobs_failed_24h'),
  };
};

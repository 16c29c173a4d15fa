import type { ProcessRow } from '@/domain/metrics/queries';
import type { StreamSummary } from '@/domain/stream/queries';

export type WorkerRow = { name: string; rows: number; leaseUntil: string | null; sampledAt: string | null };

/** A worker's name begins with its instance: `host:pid:…`. */
const isOf = (worker: string, instance: string): boolean =>
  worker === instance || worker.startsWith(`${instance}:`);

/** Workers that hold leases, joined with those that have sampled themselves lately: an idle one holds nothing. */
export const workerRows = (
  holding: StreamSummary['workers'],
  processes: readonly ProcessRow[],
): WorkerRow[] => {
  const heard = processes.filter(({ process }) => process === 'worker');
  const busy = holding.map(({ name, rows, leaseUntil }) => ({
    name,
    rows,
    leaseUntil,
    sampledAt: heard.find(({ instance }) => isOf(name, instance))?.sampledAt ?? null,
  }));
  const idle = heard
    .filter(({ instance }) => !holding.some(({ name }) => isOf(name, instance)))
    .map(({ instance, sampledAt }) => ({ name: instance, rows: 0, leaseUntil: null, sampledAt }));
  return [...busy, ...idle];
};

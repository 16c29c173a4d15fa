import { log } from '@/domain/log';
import type { Topic } from '@/domain/operation';
import { openConnections, workerName } from './connections';
import { Maintenance } from './maintenance';
import { WorkerMeters } from './meters';
import { Metrics } from './metrics';
import { Notices } from './notices';
import type { Part } from './part';
import { jobs } from './schedule';
import { Scheduler } from './scheduler';
import { Stream } from './stream';
import { Training } from './training';

/** Everything must have ended by then: the supervisor waits ten seconds. */
const endWithinMs = 8_000;

process.env.VIGIL_PROCESS ??= 'worker';

// One connection a job that may run at the same time, one for what they report, and three for the queue: a block at
// work, its leases, and the feature cache.
const connections = openConnections(jobs.length + 4);
const { sql } = connections;
const notices = new Notices(sql);

const notify = (topics: readonly Topic[]): void => notices.add(topics);
/** For tests that cannot wait: how long the queue's leases last. */
const leaseMs = Number(process.env.VIGIL_STREAM_LEASE_MS || Number.NaN);

const stream = new Stream({
  sql,
  direct: connections.direct,
  worker: workerName,
  notify,
  ...(Number.isFinite(leaseMs) && leaseMs > 0 ? { leaseMs } : {}),
});
const meters = new WorkerMeters(() => stream.cacheReads);

/** What this process does, each by itself: one that fails or waits holds up no other. */
const parts: Part[] = [
  new Scheduler({
    sql,
    jobs,
    worker: workerName,
    maintainer: connections.maintainer,
    notify,
    ended: (run) => meters.ended(run),
  }),
  stream,
  new Metrics(sql, meters),
  new Maintenance({ ...connections, worker: workerName, notify: (topics) => notices.add(topics) }),
  new Training({ sql, notify: (topics) => notices.add(topics) }),
];

for (const part of parts) void part.start();
log.info({ parts: parts.map((part) => part.name) }, 'worker started');

// The client asks for array types on each new connection and lets nobody wait for the answer.
process.on('unhandledRejection', (error) => log.warn({ err: error }, 'left unhandled'));

let ending = false;
const end = (signal: NodeJS.Signals): void => {
  if (ending) return;
  ending = true;
  log.info({ signal }, 'worker ends');
  const late = setTimeout(() => process.exit(0), endWithinMs);
  void (async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await notices.flush();
    await connections.end();
    clearTimeout(late);
    process.exit(0);
  })();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);

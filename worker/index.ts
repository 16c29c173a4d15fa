import { log } from '@/domain/log';
import { openConnections, workerName } from './connections';
import { WorkerMeters } from './meters';
import { Metrics } from './metrics';
import { Notices } from './notices';
import type { Part } from './part';
import { jobs } from './schedule';
import { Scheduler } from './scheduler';

/** Everything must have ended by then: the supervisor waits ten seconds. */
const endWithinMs = 8_000;

process.env.VIGIL_PROCESS ??= 'worker';

// One connection a job that may run at the same time, and one for what they report.
const connections = openConnections(jobs.length + 1);
const { sql } = connections;
const notices = new Notices(sql);
const meters = new WorkerMeters();

/** What this process does, each by itself: one that fails or waits holds up no other. */
const parts: Part[] = [
  new Scheduler({
    sql,
    jobs,
    worker: workerName,
    maintainer: connections.maintainer,
    notify: (topics) => notices.add(topics),
    ended: (run) => meters.ended(run),
  }),
  new Metrics(sql, meters),
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

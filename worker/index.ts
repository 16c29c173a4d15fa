import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { connect } from '@/db/client';
import { log } from '@/domain/log';
import { Notices } from './notices';
import { jobs } from './schedule';
import { Scheduler } from './scheduler';

/** Everything must have ended by then: the supervisor waits ten seconds. */
const endWithinMs = 8_000;

process.env.VIGIL_PROCESS ??= 'worker';

const url =
  process.env.DIRECT_DATABASE_URL ?? process.env.VIGIL_WORKER_DATABASE_URL ?? process.env.DATABASE_URL;
if (!url) throw new Error('no database: set VIGIL_WORKER_DATABASE_URL or DATABASE_URL');
// Past any pooler; one connection a job that may run at the same time, and one for what they report.
const sql = connect(url, { max: jobs.length + 1, prepare: true });
const notices = new Notices(sql);
const scheduler = new Scheduler({
  sql,
  jobs,
  worker: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
  notify: (topics) => notices.add(topics),
});

let ticking: Promise<void> = Promise.resolve();
const timer = setInterval(() => {
  ticking = ticking.then(() => scheduler.tick()).catch((error) => log.error({ err: error }, 'tick failed'));
}, 1_000);
ticking = scheduler.tick().catch((error) => log.error({ err: error }, 'tick failed'));
log.info({ jobs: jobs.map((job) => job.name) }, 'worker started');

// The client asks for array types on each new connection and lets nobody wait for the answer.
process.on('unhandledRejection', (error) => log.warn({ err: error }, 'left unhandled'));

let ending = false;
const end = (signal: NodeJS.Signals): void => {
  if (ending) return;
  ending = true;
  log.info({ signal }, 'worker ends');
  clearInterval(timer);
  const late = setTimeout(() => process.exit(0), endWithinMs);
  void (async () => {
    await scheduler.stop();
    await notices.flush();
    await sql.end({ timeout: 1 });
    clearTimeout(late);
    process.exit(0);
  })();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);

import postgres from 'postgres';
import { afterAll, expect, inject, test } from 'vitest';
import { ensureDatabase, migrate } from './migrate';

// pg_cron works in one database of a cluster, so a copy of the template cannot have it.
const { admin, passwordFile } = inject('testServer');
const sql = postgres(admin, { max: 1, onnotice: () => {} });
const [server] = await sql`select current_setting('cron.database_name', true) as name`;
const name = server?.name as string | null;

afterAll(async () => {
  if (name) await sql.unsafe(`drop database if exists "${name}" with (force)`);
  await sql.end();
});

test.runIf(name)('where the server has pg_cron, the jobs are its own, once, and run', async () => {
  const url = await ensureDatabase(admin, name!);
  await migrate(url, { passwordFile });
  await migrate(url, { passwordFile });
  const db = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const jobs = await db`select jobname, command from cron.job order by jobname`;
    expect(jobs.map((job) => job.jobname)).toEqual([
      'archive-old-transactions',
      'ensure-partitions',
      'refresh-fraud-dashboard',
    ]);
    for (const job of jobs) await db.unsafe(job.command as string);
    const [capability] = await db`select present from server_capabilities where capability = 'pg_cron'`;
    expect(capability?.present).toBe(true);
  } finally {
    await db.end();
  }
});

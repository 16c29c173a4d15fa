import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { jobNames } from '@/domain/jobs/catalogue';
import { resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 1, name: 'incident' });
const other = connect(t.url, { max: 1, name: 'incident-2' });
afterAll(() => Promise.all([sql.end({ timeout: 2 }), other.end({ timeout: 2 })]));

describe('indexes', () => {
  test('invalidIndexes: what a failed CREATE INDEX CONCURRENTLY leaves behind', async () => {
    await sql`create table twice (n int)`;
    await sql`insert into twice values (1), (1)`;
    await scriptIncident({
      check: 'invalidIndexes',
      object: 'twice_n_idx',
      sql: /REINDEX INDEX CONCURRENTLY twice_n_idx;/,
      begin: async () => {
        await expect(
          sql`create unique index concurrently twice_n_idx on twice (n)`.then((rows) => rows),
        ).rejects.toMatchObject({
          code: '23505',
        });
        return () => sql`drop index concurrently twice_n_idx`;
      },
    });
  });

  test('invalidIndexes: an index of a partitioned table without its parts, once for all of them', async () => {
    const found = await scriptIncident({
      check: 'invalidIndexes',
      object: 'transactions_half_idx',
      begin: async () => {
        await sql`create index transactions_half_idx on only transactions (channel)`;
        return () => sql`drop index transactions_half_idx`;
      },
    });
    expect(found.value).toBe(1);
    expect(found.evidence[0]?.[3]).toBe('incomplete');
  });

  test('duplicateIndexes: the same index under two names, rolled up over partitions', async () => {
    const found = await scriptIncident({
      check: 'duplicateIndexes',
      object: 'transactions_again_idx',
      sql: /DROP INDEX transactions_again_idx; -- back with: CREATE INDEX/,
      begin: async () => {
        await sql`create index transactions_first_idx on transactions (channel, currency)`;
        await sql`create index transactions_again_idx on transactions (channel, currency)`;
        return async () => {
          await sql`drop index transactions_again_idx`;
          await sql`drop index transactions_first_idx`;
        };
      },
    });
    expect(found).toMatchObject({
      value: 1,
      facts: { same: 'transactions_first_idx', table: 'transactions' },
    });
  });

  test('unusedIndexes: nothing is said before a week has been counted', async () => {
    expect(await resultOf('unusedIndexes')).toMatchObject({ status: 'too_little', reason: 'short_window' });
  });

  test('unusedIndexes: what was never read in all that time, largest first', async () => {
    await sql`create table kept (n int, m int)`;
    await sql`insert into kept select n, n from generate_series(1, 200000) as n`;
    await sql`create index kept_n_idx on kept (n)`;
    await sql`vacuum analyze kept`;
    // The clock that the statistics have counted by is the server's own: the view is given an older beginning.
    const [view] = await sql`select pg_get_viewdef('v_index_usage') as text`;
    const older = String(view?.text).replace(
      /COALESCE\(([^)]*stats_reset), pg_postmaster_start_time\(\)\)/,
      "(COALESCE($1, pg_postmaster_start_time()) - '30 days'::interval)",
    );
    expect(older).not.toBe(view?.text);
    await sql.unsafe(`create or replace view v_index_usage as ${older}`);
    const found = await scriptIncident({
      check: 'unusedIndexes',
      limits: { unusedIndexes: { warning: 5_000_000, critical: null } },
      object: 'kept_m_idx',
      // The server may get round to its own upkeep of the table only later.
      also: ['staleStatistics'],
      sql: /DROP INDEX CONCURRENTLY kept_m_idx; -- back with: CREATE INDEX kept_m_idx ON public.kept/,
      begin: async () => {
        await sql`create index kept_m_idx on kept (m, n, (m + n))`;
        await sql`vacuum analyze kept`;
        return () => sql`drop index kept_m_idx`;
      },
    });
    expect(found.evidence.map(([index]) => index)).toContain('kept_n_idx');
    await sql.unsafe(`create or replace view v_index_usage as ${view?.text}`);
  });
});

describe('partitions', () => {
  const month = (ahead: number) => {
    const date = new Date();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + ahead);
    return date.toISOString().slice(0, 7).replace('-', 'm');
  };

  test('partitionRunway: the table that ends first', async () => {
    const name = (ahead: number) => `rule_hits_y${month(ahead)}`;
    await scriptIncident({
      check: 'partitionRunway',
      object: 'rule_hits',
      sql: /SELECT ensure_partitions\(\);/,
      begin: async () => {
        for (const ahead of [1, 2, 3]) await sql.unsafe(`drop table ${name(ahead)}`);
        return () => sql`select ensure_partitions()`;
      },
    });
  });

  test('dailyPartitionRunway: by days, and it says which table', async () => {
    const days = (
      await sql`select name from v_partitions where parent = 'api_usage' and from_at > now() order by from_at`
    ).map((row) => row.name);
    await scriptIncident({
      check: 'dailyPartitionRunway',
      object: 'api_usage',
      status: 'critical',
      begin: async () => {
        for (const name of days) await sql.unsafe(`drop table ${name}`);
        return () => sql`select ensure_partitions()`;
      },
    });
  });

  test('partitionGaps: a month in the middle', async () => {
    const name = `model_predictions_y${month(-1)}`;
    await scriptIncident({
      check: 'partitionGaps',
      object: name,
      status: 'critical',
      begin: async () => {
        await sql.unsafe(`drop table ${name}`);
        return () => sql`select ensure_partitions()`;
      },
    });
  });

  test('partitionGaps: half of a month, which takes payments of one risk only', async () => {
    const name = `transactions_y${month(0)}_high_risk`;
    await scriptIncident({
      check: 'partitionGaps',
      object: name,
      also: ['partitionRunway'],
      begin: async () => {
        await sql.unsafe(`drop table ${name}`);
        return () => sql`select ensure_partitions()`;
      },
    });
  });

  test('defaultPartitions: rows that found no partition of their own', async () => {
    await sql`create table caught (n int) partition by range (n)`;
    await sql`create table caught_1 partition of caught for values from (1) to (2)`;
    await sql`create table caught_default partition of caught default`;
    await sql`grant select on caught_default to public`;
    const found = await scriptIncident({
      check: 'defaultPartitions',
      object: 'caught_default',
      begin: async () => {
        await sql`insert into caught values (1), (7), (8)`;
        return () => sql`delete from caught where n > 1`;
      },
    });
    expect(found.evidence).toEqual([['caught_default', 'caught', 2]]);
    await sql`drop table caught`;
  });

  test('pendingDetach: one that was broken off half way', async () => {
    await sql`create table leaving (n int) partition by range (n)`;
    await sql`create table leaving_1 partition of leaving for values from (1) to (2)`;
    await scriptIncident({
      check: 'pendingDetach',
      object: 'leaving_1',
      sql: /ALTER TABLE leaving DETACH PARTITION leaving_1 FINALIZE;/,
      begin: async () => {
        await other`begin`;
        await other`select count(*) from leaving`;
        await sql`set statement_timeout = '1s'`;
        await expect(
          sql`alter table leaving detach partition leaving_1 concurrently`.then((rows) => rows),
        ).rejects.toMatchObject({ code: '57014' });
        await sql`reset statement_timeout`;
        await other`rollback`;
        return () => sql`alter table leaving detach partition leaving_1 finalize`;
      },
    });
  });
});

describe('jobs', () => {
  const ran = (job: string, minutes: number, status = 'ok', error: string | null = null) =>
    t.sql`insert into job_runs (job_name, started_at, ended_at, status, error_message, started_by)
      values (${job}, now() - make_interval(mins => ${minutes}), now(), ${status}, ${error}, 'test')`;

  test('dashboardAge: a view that was not refreshed for too long, and why', async () => {
    await ran('refresh-fraud-dashboard', 1);
    const found = await scriptIncident({
      check: 'dashboardAge',
      object: 'mv_fraud_dashboard_realtime',
      begin: async () => {
        await t.sql`truncate job_runs`;
        await ran('refresh-fraud-dashboard', 15);
        await ran('refresh-fraud-dashboard', 3, 'failed', 'out of disk');
        await ran('refresh-fraud-dashboard', 14);
        return () => ran('refresh-fraud-dashboard', 0);
      },
      also: ['jobsFailed', 'jobsMissed'],
    });
    expect(found.facts.error).toBe('out of disk');
  });

  test('viewIndexes: a view that can no longer be refreshed beside its readers', async () => {
    await scriptIncident({
      check: 'viewIndexes',
      object: 'mv_fraud_dashboard_realtime',
      sql: /CREATE UNIQUE INDEX ON mv_fraud_dashboard_realtime \(hour\);/,
      begin: async () => {
        await sql`drop index mv_fraud_dashboard_realtime_hour_key`;
        return () =>
          sql`create unique index mv_fraud_dashboard_realtime_hour_key on mv_fraud_dashboard_realtime (hour)`;
      },
    });
  });

  test('jobsFailed: the job whose newest run failed, with its error; a later run that went well makes it good', async () => {
    await t.sql`truncate job_runs`;
    await ran('sample-queries', 50, 'failed', 'once');
    await ran('sample-queries', 40);
    const found = await scriptIncident({
      check: 'jobsFailed',
      object: 'ensure-partitions',
      begin: async () => {
        await ran('ensure-partitions', 30);
        await ran('ensure-partitions', 5, 'failed', 'permission denied for schema public');
        return () => ran('ensure-partitions', 0);
      },
    });
    expect(found.facts.error).toBe('permission denied for schema public');
    expect(found.value).toBe(1);
  });

  test('jobsOverlapping: runs that found the one before still under way', async () => {
    await t.sql`truncate job_runs`;
    await ran('sample-health', 30);
    await scriptIncident({
      check: 'jobsOverlapping',
      object: 'refresh-fraud-dashboard',
      begin: async () => {
        for (const minutes of [20, 15, 10])
          await ran('refresh-fraud-dashboard', minutes, 'skipped', 'another run is under way');
        return () => t.sql`delete from job_runs where status = 'skipped'`;
      },
    });
  });

  const everyJob = async (minutes: number) => {
    for (const job of jobNames) await ran(job, minutes);
  };

  test('jobsMissed: a job that should have begun and did not; a pause is no miss', async () => {
    await t.sql`truncate job_runs`;
    await everyJob(0);
    const found = await scriptIncident({
      check: 'jobsMissed',
      object: 'sample-health',
      begin: async () => {
        await t.sql`update job_runs set started_at = now() - interval '5 minutes'
          where job_name in ('sample-health', 'sample-queries')`;
        await t.sql`insert into job_pauses (job_name, paused_by, reason) values ('sample-queries', 'test', 'quiet')`;
        return () => ran('sample-health', 0);
      },
    });
    expect(found.evidence.map(([job]) => job)).toEqual(['sample-health']);
    await t.sql`delete from job_pauses`;
  });

  test('jobsPaused: a pause that was forgotten, by whom and why', async () => {
    const found = await scriptIncident({
      check: 'jobsPaused',
      object: 'archive-old-transactions',
      begin: async () => {
        await t.sql`insert into job_pauses (job_name, paused_by, reason, paused_at)
          values ('archive-old-transactions', 'Ada', 'audit of March', now() - interval '2 days')`;
        return () => t.sql`delete from job_pauses`;
      },
    });
    expect(found.facts).toMatchObject({ by: 'Ada', reason: 'audit of March' });
  });
});

describe('the stream', () => {
  const receive = (
    id: string,
    status: string,
    minutes: number,
    more: { code?: string; tries?: number } = {},
  ) =>
    t.sql`insert into transaction_stream (transaction_id, raw_data, processing_status, payload_hash, received_at, next_try_at,
        error_code, error_message, retry_count)
      values (${id}, '{}', ${status}, ${'0'.repeat(64)}, now() - make_interval(mins => ${minutes}),
        ${status === 'DEAD' || status === 'DONE' ? null : new Date().toISOString()}, ${more.code ?? null},
        ${more.code ? `it was ${more.code}` : null}, ${more.tries ?? 0})`;

  test('streamLag: the payment that has waited longest, and how often it was tried', async () => {
    await receive('done-1', 'DONE', 5);
    const found = await scriptIncident({
      check: 'streamLag',
      object: 'late-1',
      status: 'critical',
      begin: async () => {
        await receive('late-2', 'PENDING', 1);
        await receive('late-1', 'FAILED', 4, { code: 'unavailable', tries: 3 });
        return () => t.sql`delete from transaction_stream where transaction_id like 'late-%'`;
      },
    });
    expect(found.facts).toMatchObject({ status: 'FAILED', retries: 3 });
  });

  test('streamBacklog: more wait than can be soon decided', async () => {
    await receive('done-2', 'DONE', 5);
    await scriptIncident({
      check: 'streamBacklog',
      limits: { streamBacklog: { warning: 3, critical: null }, streamLag: { warning: null, critical: null } },
      object: 'PENDING',
      begin: async () => {
        for (let i = 0; i < 4; i += 1) await receive(`crowd-${i}`, 'PENDING', 0);
        return () => t.sql`delete from transaction_stream where transaction_id like 'crowd-%'`;
      },
    });
  });

  test('deadLetters: given up, with the error', async () => {
    const found = await scriptIncident({
      check: 'deadLetters',
      object: 'dead-1',
      begin: async () => {
        await receive('dead-1', 'DEAD', 2, { code: 'invalid_payload', tries: 8 });
        return () => t.sql`delete from transaction_stream where transaction_id = 'dead-1'`;
      },
    });
    expect(found.facts.error).toBe('invalid_payload');
    expect(found.evidence[0]?.[2]).toBe('invalid_payload: it was invalid_payload');
  });

  test('where no payment has come for an hour nothing is judged', async () => {
    await t.sql`delete from transaction_stream`;
    for (const name of ['streamLag', 'streamBacklog', 'deadLetters'] as const)
      expect(await resultOf(name)).toMatchObject({ status: 'skipped', reason: 'none_there' });
  });
});

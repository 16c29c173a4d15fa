import type { TransactionSql } from 'postgres';

export type QuerySample = {
  /** Rows of query_stats written: queries that ran since the last sample. */
  rows: number;
  /** Entries of pg_stat_statements read, this database's own and without our samples. */
  tracked: number;
  /** Entries the server has dropped for want of room since its statistics began. */
  evicted: number;
  /** Seconds since the last sample; null at the first. */
  gapSeconds: number | null;
};

/**
 * Marks our own samples in their text. It stands behind the first word: the server drops comments before it.
 */
const ours = '%vigil:sample%';

/** After a longer pause what happened cannot be dated: counting starts again from what is there. */
const longestGapSeconds = 3600;

/** `PASSWORD '…'` as in CREATE ROLE. */
const passwordPattern = "(password\\s+)('[^']*'|\\$[^ ;]*)";

/**
 * Adds to query_stats what each query has done since the last sample, and keeps its text and counters in query_texts.
 * Nothing is reset on the server. Counters that went down, or that began after the last sample (a reset, a restart, an
 * entry that was dropped and came back), count from zero. Our own samples are left out.
 * @returns null where the server has no pg_stat_statements
 */
export const sampleQueries = async (tx: TransactionSql, now: Date): Promise<QuerySample | null> => {
  const [there] = await tx`select /* vigil:sample */ to_regclass('pg_stat_statements') is not null as present,
    current_setting('server_version_num')::int as version`;
  if (!there?.present) return null;
  const at = now.toISOString();
  const gapSeconds = await secondsSinceLast(tx, at);
  const dated = gapSeconds !== null && gapSeconds <= longestGapSeconds;
  const counts = await keepDifferences(tx, at, there.version as number, dated ? gapSeconds : null);
  const sample = { ...counts, gapSeconds };
  await tx`insert /* vigil:sample */ into system_metrics (metric_name, metric_value, labels, timestamp) values
    ('db.statements_tracked', ${sample.tracked}, '{"unit":"count"}', ${at}),
    ('db.statements_evicted', ${sample.evicted}, '{"unit":"total"}', ${at})`;
  return sample;
};

const secondsSinceLast = async (tx: TransactionSql, at: string): Promise<number | null> => {
  const [row] = await tx`
    select /* vigil:sample */ extract(epoch from ${at}::timestamptz - max(timestamp))::float8 as gap from system_metrics
    where metric_name = 'db.statements_tracked' and timestamp < ${at}
      and timestamp > ${at}::timestamptz - interval '2 days'`;
  return row?.gap == null ? null : Number(row.gap);
};

/**
 * One statement: the counters of now, their differences from the last ones, and the counters kept for the next time
 * (its parts all see the old query_texts). Passwords in the text of role statements are cut out: the server keeps
 * utility statements as they were written. Before PostgreSQL 17 entries have no `stats_since`, only the whole has, and
 * the times of blocks have other names.
 */
const keepDifferences = async (
  tx: TransactionSql,
  at: string,
  version: number,
  gapSeconds: number | null,
) => {
  const perEntry = version >= 170_000;
  const ioTime = perEntry
    ? tx`s.shared_blk_read_time + s.shared_blk_write_time + s.local_blk_read_time + s.local_blk_write_time
        + s.temp_blk_read_time + s.temp_blk_write_time`
    : tx`s.blk_read_time + s.blk_write_time + s.temp_blk_read_time + s.temp_blk_write_time`;
  const [counts] = await tx`
    with /* vigil:sample */ counters as materialized (
      select s.queryid as query_id, coalesce(r.rolname::text, s.userid::text) as role_name,
        min(left(regexp_replace(s.query, ${passwordPattern}, ${"\\1'…'"}, 'gi'), 20000)) as query_text,
        sum(s.calls)::bigint as calls, sum(s.total_exec_time) as total_time_ms, sum(s.rows)::bigint as rows,
        sum(s.shared_blks_hit)::bigint as hit, sum(s.shared_blks_read)::bigint as read,
        sum(s.temp_blks_written)::bigint as temp, sum(${ioTime}) as io,
        ${perEntry ? tx`min(s.stats_since)` : tx`(select stats_reset from pg_stat_statements_info)`} as since
      from pg_stat_statements s
      join pg_database d on d.oid = s.dbid and d.datname = current_database()
      left join pg_roles r on r.oid = s.userid
      where s.queryid is not null and s.toplevel and s.query not like ${ours}
      group by 1, 2
    ), known as (
      select c.*, t.query_id is null as is_new, coalesce(c.calls >= t.calls and c.total_time_ms >= t.total_time_ms
        and c.rows >= t.rows and c.hit >= t.shared_blocks_hit and c.read >= t.shared_blocks_read
        and c.temp >= coalesce(t.temp_blocks_written, 0) and c.io >= coalesce(t.io_time_ms, 0) and c.since <= t.seen_at, false) as goes_on,
        t.calls as calls0, t.total_time_ms as time0, t.rows as rows0, t.shared_blocks_hit as hit0,
        t.shared_blocks_read as read0, t.temp_blocks_written as temp0, t.io_time_ms as io0
      from counters c left join query_texts t on t.query_id = c.query_id and t.role_name = c.role_name
    ), differences as (
      insert into query_stats (captured_at, query_id, role_name, calls, total_time_ms, rows, shared_blocks_hit,
        shared_blocks_read, temp_blocks_written, io_time_ms)
      select ${at}, query_id, role_name, calls - case when goes_on then calls0 else 0 end,
        total_time_ms - case when goes_on then time0 else 0 end, rows - case when goes_on then rows0 else 0 end,
        hit - case when goes_on then hit0 else 0 end, read - case when goes_on then read0 else 0 end,
        temp - case when goes_on then coalesce(temp0, temp) else 0 end, io - case when goes_on then coalesce(io0, io) else 0 end
      from known
      where ${gapSeconds}::float8 is not null and calls > case when goes_on then calls0 else 0 end
        -- An entry older than the last sample that this sample is the first to see has no date, so no count.
        and (not is_new or not ${perEntry} or since >= now() - make_interval(secs => ${gapSeconds ?? 0}::float8 + 1))
      returning 1
    ), kept as (
      insert into query_texts as t (query_id, role_name, query_text, calls, total_time_ms, rows, shared_blocks_hit,
        shared_blocks_read, temp_blocks_written, io_time_ms, seen_at)
      select query_id, role_name, query_text, calls, total_time_ms, rows, hit, read, temp, io, clock_timestamp()
      from counters
      on conflict (query_id, role_name) do update set query_text = excluded.query_text, calls = excluded.calls,
        total_time_ms = excluded.total_time_ms, rows = excluded.rows, shared_blocks_hit = excluded.shared_blocks_hit,
        shared_blocks_read = excluded.shared_blocks_read, temp_blocks_written = excluded.temp_blocks_written,
        io_time_ms = excluded.io_time_ms, seen_at = excluded.seen_at
      where (t.calls, t.total_time_ms) is distinct from (excluded.calls, excluded.total_time_ms)
      returning 1
    )
    select (select count(*) from differences)::int as rows, (select count(*) from counters)::int as tracked,
      (select count(*) from kept)::int as kept, (select dealloc from pg_stat_statements_info)::float8 as evicted`;
  return {
    rows: Number(counts?.rows),
    tracked: Number(counts?.tracked),
    evicted: Number(counts?.evicted),
  };
};

/**
 * Drops samples older than `days`, and the texts of queries that nothing is known about any more.
 * @returns rows dropped
 */
export const pruneQueryStats = async (tx: TransactionSql, now: Date, days: number): Promise<number> => {
  const before = new Date(now.getTime() - days * 86_400_000).toISOString();
  const stats = await tx`delete from query_stats where captured_at < ${before}`;
  const texts = await tx`delete from query_texts t where seen_at < ${before}
    and not exists (select from query_stats s where s.query_id = t.query_id)`;
  return stats.count + texts.count;
};

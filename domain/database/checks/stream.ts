import type { TransactionSql } from 'postgres';
import { group } from './group';
import type { Reading } from './judge';

type Waiting = { payment: string; status: string; retries: number; seconds: number };

/** Payments of the last hour that are counted: that there are some is what matters. */
const mostCounted = 1_000;

/** The queue as it stands: by status, the oldest that are due, and those given up. */
const readQueue = async (tx: TransactionSql) => {
  const [row] = await tx`
    with /* vigil:sample */ open as materialized (
      select transaction_id, processing_status as status, retry_count, received_at, next_try_at from transaction_stream
      where processing_status in ('PENDING', 'PROCESSING', 'FAILED')
    )
    select (select count(*)::int from open) as open,
      (select coalesce(json_agg(s), '[]') from (select status, count(*)::int as count from open group by 1 order by 2 desc) s) as by_status,
      (select coalesce(json_agg(w), '[]') from (select transaction_id as payment, status, coalesce(retry_count, 0) as retries,
          extract(epoch from clock_timestamp() - received_at)::float8 as seconds
        from open order by received_at limit 10) w) as oldest,
      (select count(*)::int from (select from transaction_stream where received_at >= now() - interval '1 hour'
        limit ${mostCounted}) as few) as lately`;
  return {
    open: Number(row?.open),
    byStatus: row?.by_status as { status: string; count: number }[],
    oldest: row?.oldest as Waiting[],
    lately: Number(row?.lately),
  };
};

const deadLetters = async (tx: TransactionSql, lately: number): Promise<Reading> => {
  const [count] = await tx`
    select /* vigil:sample */ count(*)::int as dead from (select from transaction_stream
      where processing_status = 'DEAD' limit 10000) as few`;
  const rows = await tx`
    select /* vigil:sample */ transaction_id as payment, coalesce(retry_count, 0) as retries, error_code as code,
      coalesce(error_message, '') as error
    from transaction_stream where processing_status = 'DEAD' order by id desc limit 20`;
  return {
    value: Number(count?.dead),
    examined: lately + Number(count?.dead),
    facts: { object: rows[0]?.payment ?? '', error: rows[0]?.code ?? '' },
    evidence: rows.map((row) => [
      row.payment,
      Number(row.retries),
      [row.code, row.error].filter(Boolean).join(': '),
    ]),
  };
};

/** Payments that nobody waits for: how long they wait, how many, and which were given up. */
export const streamChecks = group({
  name: 'stream',
  timeoutMs: 1_000,
  checks: ['streamLag', 'streamBacklog', 'deadLetters'],
  read: async (tx) => {
    const queue = await readQueue(tx);
    const first = queue.oldest[0];
    return {
      streamLag: {
        value: first?.seconds ?? 0,
        examined: queue.lately + queue.open,
        facts: { object: first?.payment ?? '', status: first?.status ?? '', retries: first?.retries ?? 0 },
        evidence: queue.oldest.map((one) => [one.payment, one.status, one.retries, Math.round(one.seconds)]),
      },
      streamBacklog: {
        value: queue.open,
        examined: queue.lately + queue.open,
        facts: { object: queue.byStatus[0]?.status ?? '', count: queue.open },
        evidence: queue.byStatus.map((one) => [one.status, one.count]),
      },
      deadLetters: await deadLetters(tx, queue.lately),
    };
  },
});

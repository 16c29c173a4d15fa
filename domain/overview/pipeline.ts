import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedHours } from '@/domain/planned-range';

export type Pipeline = {
  /** Payments a second that arrived in the last minute, and the busiest minute of the last hour. */
  receivedPerSecond: number;
  peakPerSecond: number;
  /** Rows of the stream that wait for an answer, and those given up. */
  waiting: number;
  dead: number;
  /** 99 % were faster, ms, of the last five minutes; null without payments. */
  scoredMsP99: number | null;
  answeredMsP99: number | null;
};

/** Whether payments get through in time: counts of the stream, latencies of decisions and of API answers. */
export const pipeline = async (db: Db): Promise<Pipeline> => {
  const [row] = await db.execute<Record<string, number | null>>(sql`
    with arrived as (
      select floor(extract(epoch from now() - received_at) / 60) as minute, count(*)::float8 as n from transaction_stream
      where received_at > now() - interval '1 hour' group by 1)
    select (select n / 60 from arrived where minute = 0) as received, (select max(n) / 60 from arrived) as peak,
      (select count(*)::float8 from transaction_stream where processing_status in ('PENDING', 'PROCESSING', 'FAILED')) as waiting,
      (select count(*)::float8 from transaction_stream where processing_status = 'DEAD') as dead,
      (select percentile_cont(0.99) within group (order by latency_ms)::float8 from transactions
        where transaction_timestamp > now() - interval '5 minutes' and transaction_timestamp <= now() + interval '10 minutes'
          and ${plannedHours(sql`transaction_timestamp`, 1)} and latency_ms is not null) as scored,
      (select percentile_cont(0.99) within group (order by response_time_ms)::float8 from api_usage
        where timestamp > now() - interval '5 minutes' and ${plannedHours(sql`timestamp`, 1)} and method = 'POST' and endpoint = '/api/v1/transactions'
          and status_code < 300) as answered`);
  return {
    receivedPerSecond: Number(row?.received ?? 0),
    peakPerSecond: Number(row?.peak ?? 0),
    waiting: Number(row?.waiting ?? 0),
    dead: Number(row?.dead ?? 0),
    scoredMsP99: row?.scored ?? null,
    answeredMsP99: row?.answered ?? null,
  };
};

import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { iso } from './catalog';
import type { PartitionedTableName } from './input';
import type { Part, Span } from './timeline';

/** No table has more; the newest are read. */
const mostParts = 4_000;

/** The partitions of a table, the archived ones of payments too, and those that are missing. */
export const readParts = async (tx: Tx, table: PartitionedTableName): Promise<Part[]> => {
  const rows = await tx.execute(sql`
    (select name, level, leaf, from_at, to_at, list_values, rows::float8, bytes::float8, archived, 'there' as state
      from v_partitions where parent = ${table} or (${table} = 'transactions' and archived) order by from_at desc limit ${mostParts})
    union all
    select name, case when within = parent then 1 else 2 end, split is null, from_at, to_at,
      substring(bound from 'IN \\((.*)\\)$'), null, null, false, case when beside then 'beside' else 'missing' end
    from v_missing_partitions where parent = ${table}`);
  return [...rows].flatMap((row) => {
    const [from, to] = [iso(row.from_at), iso(row.to_at)];
    // A DEFAULT partition has no time.
    if (from === null || to === null) return [];
    return {
      name: String(row.name),
      level: Number(row.level),
      leaf: row.leaf === true,
      from,
      to,
      values: row.list_values as string | null,
      rows: row.rows as number | null,
      bytes: row.bytes as number | null,
      archived: row.archived === true,
      state: row.state as Part['state'],
    };
  });
};

/** Holds in force, by month. */
export const readHolds = async (tx: Tx): Promise<Map<string, NonNullable<Span['hold']>>> => {
  const rows =
    await tx.execute(sql`select to_char(h.month, 'YYYY-MM') as month, h.reason, coalesce(u.name, h.held_by) as by, h.until
    from partition_holds h left join console_users u on u.id::text = h.held_by
    where h.until is null or h.until > now() order by h.month limit 500`);
  return new Map(
    rows.map((row) => [
      String(row.month),
      { reason: String(row.reason), by: String(row.by), until: iso(row.until) },
    ]),
  );
};

/** Alerts that nobody has decided yet, by the month of their payment; they are few. */
export const readOpenAlerts = async (tx: Tx): Promise<Map<string, number>> => {
  const rows =
    await tx.execute(sql`select to_char(transaction_timestamp at time zone 'UTC', 'YYYY-MM') as month,
      count(*)::int as alerts from fraud_alerts where status <> 'decided' group by 1`);
  return new Map(rows.map((row) => [String(row.month), Number(row.alerts)]));
};

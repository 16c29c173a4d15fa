import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';

/** Undecided alerts by the time that is left for them. */
export type AlertBacklog = {
  open: number;
  overdue: number;
  within30Min: number;
  within2Hours: number;
  later: number;
  /** Alerts raised less alerts decided in the last hour: above zero the queue grows. */
  changeLastHour: number;
  decidedLastHour: number;
  /** Median seconds from raising to verdict, of the last hour's verdicts. */
  medianSeconds: number | null;
  /** The alert that has waited longest beyond its time. */
  oldestOverdue: { id: number; dueAt: string } | null;
};

type Row = Record<string, number | null>;

/** How far behind the analysts are; read from the partial indexes over undecided and recent alerts. */
export const alertBacklog = async (db: Db): Promise<AlertBacklog> => {
  const [row] = await db.execute<Row>(sql`
    with due as (
      select count(*)::float8 as open, count(*) filter (where sla_due_at < now())::float8 as overdue,
        count(*) filter (where sla_due_at >= now() and sla_due_at < now() + interval '30 minutes')::float8 as soon,
        count(*) filter (where sla_due_at >= now() + interval '30 minutes' and sla_due_at < now() + interval '2 hours')::float8 as today
      from fraud_alerts where status <> 'decided'),
    decided as (
      select count(*)::float8 as n, percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at))::float8 as median
      from fraud_alerts where status = 'decided' and decided_at > now() - interval '1 hour'),
    raised as (select count(*)::float8 as n from fraud_alerts where created_at > now() - interval '1 hour'),
    oldest as (
      select id::float8 as id, (extract(epoch from sla_due_at) * 1000)::float8 as due from fraud_alerts
      where status <> 'decided' and sla_due_at < now() order by sla_due_at limit 1)
    select due.*, decided.n as decided, decided.median, raised.n as raised, oldest.id, oldest.due
    from due, decided, raised left join oldest on true`);
  const number = (name: string) => Number(row?.[name] ?? 0);
  const [open, overdue, soon, today] = [number('open'), number('overdue'), number('soon'), number('today')];
  return {
    open,
    overdue,
    within30Min: soon,
    within2Hours: today,
    later: open - overdue - soon - today,
    changeLastHour: number('raised') - number('decided'),
    decidedLastHour: number('decided'),
    medianSeconds: row?.median ?? null,
    oldestOverdue: row?.id ? { id: row.id, dueAt: new Date(number('due')).toISOString() } : null,
  };
};

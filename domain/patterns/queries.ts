import { sql } from 'drizzle-orm';
import { noInput, query } from '@/domain/operation';
import { addDays, dayOf, daysOf } from '@/domain/reports/period';
import type { RuleState } from '@/domain/rules/input';
import { patternHitsInput } from './input';
import { type PatternRow, readPatterns } from './rows';

/** How long alerts are counted back. */
const countedDays = 30;

/** A pattern with the alerts of 30 days in which it fired; `confirmed` of those `decided` were fraud. */
export type PatternCounts = { alerts: number; decided: number; confirmed: number };
export type ListedPattern = PatternRow & PatternCounts;
export type PatternList = {
  rows: ListedPattern[];
  /** Every rule that a pattern may weigh. */
  rules: { ruleId: number; name: string; state: RuleState }[];
};

const nothing: PatternCounts = { alerts: 0, decided: 0, confirmed: 0 };
const counts = sql`count(*)::int as alerts, (count(*) filter (where a.status = 'decided'))::int as decided,
  (count(*) filter (where a.disposition = 'fraud'))::int as confirmed`;

/** All patterns; alerts are counted through the index that has only those with a pattern. */
export const listPatterns = query({
  name: 'pattern.list',
  can: 'rule:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<PatternList> => {
    const [patterns, fired, rules] = await Promise.all([
      readPatterns(db, sql`true`),
      db.execute<PatternCounts & { name: string }>(sql`select n.name, ${counts}
        from fraud_alerts a cross join unnest(a.patterns) as n(name)
        where a.patterns <> '{}' and a.created_at >= now() - make_interval(days => ${countedDays}) group by 1`),
      db.execute<
        PatternList['rules'][number]
      >(sql`select r.id as "ruleId", v.rule_name as name, v.state from fraud_rules r
        join lateral (select * from rule_versions v where v.rule_id = r.id
          order by v.state = 'live' desc, v.state = 'paused' desc, v.version desc limit 1) v on true order by r.id`),
    ]);
    const byName = new Map(fired.map(({ name, ...row }) => [name, row]));
    return {
      rows: patterns.map((row) => ({ ...row, ...(byName.get(row.name) ?? nothing) })),
      rules: [...rules],
    };
  },
});

export type PatternDay = { date: string } & PatternCounts;

/** The alerts in which a pattern fired, by UTC day, 30 days with today. */
export const getPatternHits = query({
  name: 'pattern.hits',
  can: 'rule:read',
  input: patternHitsInput,
  live: true,
  run: async ({ db, input }): Promise<{ days: PatternDay[] }> => {
    const today = dayOf(new Date());
    const from = addDays(today, 1 - countedDays);
    const rows =
      await db.execute<PatternDay>(sql`select (a.created_at at time zone 'UTC')::date::text as date, ${counts}
      from fraud_alerts a where a.patterns <> '{}' and ${input.name} = any (a.patterns)
        and a.created_at >= ${`${from}T00:00:00Z`}::timestamptz group by 1`);
    const byDay = new Map(rows.map((row) => [row.date, row]));
    return { days: daysOf({ from, to: today }).map((date) => byDay.get(date) ?? { date, ...nothing }) };
  },
});

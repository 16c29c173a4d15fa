import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { RuleState } from '@/domain/rules/input';
import type { Period, Periods } from './period';
import { type Proportion, proportion } from './proportion';

/** What a rule did in a period, by what is known of its payments now; amounts in the base currency. */
export type RuleQuality = {
  hits: number;
  labelled: number;
  /** Fraud among its labelled hits. */
  precision: Proportion | null;
  /** What it hit of all confirmed fraud. */
  recall: Proportion | null;
  /** Fraud that was not let through, genuine payments that were not. */
  caughtAmount: number;
  stoppedAmount: number;
};
export type ReportRule = { ruleId: number; name: string; state: RuleState } & RuleQuality & {
    against: RuleQuality | null;
  };
export type ReportRules = Periods & { rows: ReportRule[]; frauds: number; fraudsAgainst: number };

type Sums = Record<'ruleId' | 'hits' | 'frauds' | 'genuine' | 'caught' | 'stopped', number>;

/** Sums of rules and all confirmed fraud, in one statement: a run between two would give a rule more than there is. */
const readSums = async (
  db: Db,
  { from, to }: Period,
): Promise<{ sums: Map<number, Sums>; frauds: number }> => {
  const rows = await db.execute<Sums & { all: number }>(sql`
    with days as (select coalesce(sum(fraud_transactions), 0)::float8 as "all" from daily_metrics
      where date >= ${from}::date and date <= ${to}::date)
    select d."all", r.* from days d left join (
      select rule_id as "ruleId", sum(hit_count)::float8 as hits, sum(fraud_count)::float8 as frauds,
        sum(genuine_count)::float8 as genuine, sum(caught_amount)::float8 as caught, sum(stopped_amount)::float8 as stopped
      from rule_analytics where date >= ${from}::date and date <= ${to}::date group by 1) r on true`);
  return { sums: new Map(rows.map((row) => [row.ruleId, row])), frauds: rows[0]?.all ?? 0 };
};

const nothing = { hits: 0, frauds: 0, genuine: 0, caught: 0, stopped: 0 };

const qualityOf = (sums: Omit<Sums, 'ruleId'>, frauds: number): RuleQuality => ({
  hits: sums.hits,
  labelled: sums.frauds + sums.genuine,
  precision: proportion(sums.frauds, sums.frauds + sums.genuine),
  recall: proportion(sums.frauds, frauds),
  caughtAmount: sums.caught,
  stoppedAmount: sums.stopped,
});

type Named = { ruleId: number; name: string; state: RuleState };

/** Every rule that is live or hit something in either period, the one that caught most money first. */
export const reportRules = async (db: Db, periods: Periods): Promise<ReportRules> => {
  const [present, before, rules] = await Promise.all([
    readSums(db, periods.period),
    readSums(db, periods.against),
    db.execute<Named>(sql`select r.id as "ruleId", v.rule_name as name, v.state from fraud_rules r
      join lateral (select * from rule_versions v where v.rule_id = r.id
        order by v.state = 'live' desc, v.state = 'paused' desc, v.version desc limit 1) v on true`),
  ]);
  const rows = rules.flatMap((rule): ReportRule[] => {
    const [now, then] = [present.sums.get(rule.ruleId), before.sums.get(rule.ruleId)];
    if (!now && !then && rule.state !== 'live') return [];
    return [
      {
        ...rule,
        ...qualityOf(now ?? nothing, present.frauds),
        against: then ? qualityOf(then, before.frauds) : null,
      },
    ];
  });
  rows.sort((a, b) => b.caughtAmount - a.caughtAmount || b.hits - a.hits || a.ruleId - b.ruleId);
  return { ...periods, rows, frauds: present.frauds, fraudsAgainst: before.frauds };
};

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { AppError } from '@/domain/errors';
import { noInput, query } from '@/domain/operation';
import { plannedHours } from '@/domain/planned-range';
import { readSetting } from '@/domain/settings/read';
import { actionsSchema, type RuleActions } from './actions';
import { type DryRun, runOnRecent } from './dry-run';
import {
  dryRunInput,
  getRuleInput,
  listRulesInput,
  type RuleState,
  ruleHitsInput,
  type ruleSorts,
} from './input';
import { headOf, type RuleVersionRow } from './version-facts';
import { iso, readVersions } from './versions';

/** Counting hits of one rule stops here; the page shows "10 000+". */
export const hitCountLimit = 10_000;

export type RuleRow = {
  ruleId: number;
  name: string;
  type: string;
  /** Of the live, else the paused, else the newest version. */
  state: RuleState;
  version: number;
  /** Version of the draft that waits beside it, or null. */
  draftVersion: number | null;
  priority: number;
  actions: RuleActions;
  /** Payments of 24 hours, and of today with the six days before, that it hit; a day counts to `hitCountLimit` + 1. */
  hits24h: number;
  hits7d: number;
  lastHitAt: string | null;
  changedAt: string;
  changedByName: string | null;
};

type StoredRule = Record<'id' | 'version' | 'priority' | 'hits24h' | 'hits7d', number> &
  Record<'name' | 'type' | 'state' | 'place', string> & {
    draft_version: number | null;
    actions: unknown;
    last_hit_at: string | null;
    changed_at: string;
    changed_by_name: string | null;
  };

type RuleSort = (typeof ruleSorts)[number];
const sortSql: Record<RuleSort, SQL> = {
  priority: sql`s.priority`,
  name: sql`lower(s.name)`,
  hits24h: sql`s.hits24h`,
  hits7d: sql`s.hits7d`,
  changed: sql`s.changed_at`,
};
const sortType: Record<RuleSort, SQL> = {
  priority: sql`integer`,
  name: sql`text`,
  hits24h: sql`integer`,
  hits7d: sql`integer`,
  changed: sql`timestamptz`,
};
const place = z.tuple([z.string().max(200), z.number().int()]);

const today = sql`(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC')`;

/**
 * Every rule in one statement: its shown version, the draft beside it, and its hits: those of a day counted through the
 * index, those of the six days before today as the daily job has counted them.
 */
const rulesWithHits = () => sql`
  select r.id, v.rule_name as name, v.rule_type as type, v.state, v.version, v.priority, v.actions,
    d.version as draft_version, coalesce(days.hits, 0) + recent.today as hits7d, recent.day as hits24h, newest.at as last_hit_at,
    changed.at as changed_at, coalesce(u.name, changed.by) as changed_by_name
  from fraud_rules r
  join lateral (select * from rule_versions v where v.rule_id = r.id
    order by v.state = 'live' desc, v.state = 'paused' desc, v.state = 'draft' desc, v.rule_name = r.rule_name desc,
      v.version desc limit 1) v on true
  left join lateral (select d.version from rule_versions d where d.rule_id = r.id and d.state = 'draft' and d.id <> v.id
    order by d.version desc limit 1) d on true
  join lateral (select greatest(c.updated_at, c.state_at) as at,
      case when c.state_at >= c.updated_at then c.state_by else c.created_by end as by
    from rule_versions c where c.rule_id = r.id order by greatest(c.updated_at, c.state_at) desc limit 1) changed on true
  left join console_users u on u.id::text = changed.by
  cross join lateral (select (count(*))::int as day, (count(*) filter (where h.at >= ${today}))::int as today
    from (select transaction_timestamp as at from rule_hits where rule_id = r.id
      and transaction_timestamp > now() - interval '24 hours' and ${plannedHours(sql`transaction_timestamp`, 24)}
      limit ${hitCountLimit + 1}) h) recent
  left join (select rule_id, sum(hit_count)::int as hits from rule_analytics
    where date >= (now() at time zone 'UTC')::date - 6 and date < (now() at time zone 'UTC')::date group by rule_id) days on days.rule_id = r.id
  left join lateral (select h.transaction_timestamp as at from rule_hits h where h.rule_id = r.id
    and h.transaction_timestamp > now() - interval '7 days' and ${plannedHours(sql`h.transaction_timestamp`, 7 * 24)}
    order by h.transaction_timestamp desc limit 1) newest on true`;

const oneOf = (column: SQL, values: readonly string[]): SQL =>
  sql`${column} in (${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )})`;

/** A page of rules, filtered and sorted; with its hits of 24 hours and of 7 days. */
export const listRules = query({
  name: 'rule.list',
  can: 'rule:read',
  input: listRulesInput,
  live: true,
  run: async ({ db, input }): Promise<Page<RuleRow> & { total: number }> => {
    const where: SQL[] = [sql`true`];
    if (input.q)
      where.push(
        sql`(s.name ilike ${`%${input.q.replace(/[\\%_]/g, '\\$&')}%`} or s.actions::text ilike ${`%${input.q.replace(/[\\%_]/g, '\\$&')}%`} or to_char(s.id, 'FM"R-"000') ilike ${input.q})`,
      );
    if (input.state?.length) where.push(oneOf(sql`s.state`, input.state));
    if (input.decision?.length)
      where.push(oneOf(sql`coalesce(s.actions->>'decision', 'NONE')`, input.decision));
    if (input.type?.length) where.push(oneOf(sql`s.type`, input.type));
    if (input.draft) where.push(sql`(s.draft_version is not null or s.state = 'draft')`);
    const down = input.sort.startsWith('-');
    const key = (down ? input.sort.slice(1) : input.sort) as RuleSort;
    const paged = [...where];
    if (input.cursor) {
      const [value, id] = decodeCursor(place, input.cursor);
      if (key !== 'name' && Number.isNaN(key === 'changed' ? Date.parse(value) : Number(value)))
        throw new AppError('invalid', { field: 'cursor' });
      paged.push(sql`(${sortSql[key]}, s.id) ${down ? sql`<` : sql`>`} (${value}::${sortType[key]}, ${id})`);
    }
    const direction = down ? sql`desc` : sql`asc`;
    const [rows, [count]] = await Promise.all([
      db.execute<StoredRule>(sql`select s.*, ${sortSql[key]}::text as place from (${rulesWithHits()}) s
        where ${sql.join(paged, sql` and `)} order by ${sortSql[key]} ${direction}, s.id ${direction} limit ${input.limit + 1}`),
      db.execute<{ total: number }>(sql`select count(*)::int as total from fraud_rules`),
    ]);
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      rows: shown.map(ruleRowOf),
      next: last ? encodeCursor([last.place, last.id]) : null,
      total: count?.total ?? 0,
    };
  },
});

const ruleRowOf = (row: StoredRule): RuleRow => ({
  ruleId: row.id,
  name: row.name,
  type: row.type,
  state: row.state as RuleState,
  version: row.version,
  draftVersion: row.draft_version,
  priority: row.priority,
  actions: actionsSchema.parse(row.actions),
  hits24h: row.hits24h,
  hits7d: row.hits7d,
  lastHitAt: row.last_hit_at && iso(row.last_hit_at),
  changedAt: iso(row.changed_at),
  changedByName: row.changed_by_name,
});

export type RuleDetail = {
  ruleId: number;
  /** The version that decides or would be edited: live, else paused, else the draft, else the newest. */
  shown: RuleVersionRow;
  draft: RuleVersionRow | null;
  /** The version an editor starts from. */
  head: RuleVersionRow;
  /** Newest first, at most 100. */
  versions: RuleVersionRow[];
  /** The base currency, in which money of features is. */
  currency: string;
};

/** One rule with its versions. Throws not_found. */
export const getRule = query({
  name: 'rule.get',
  can: 'rule:read',
  input: getRuleInput,
  run: async ({ db, input }): Promise<RuleDetail> => {
    const versions = await readVersions(db, sql`v.rule_id = ${input.ruleId}`);
    if (versions.length === 0) throw new AppError('not_found', { field: 'ruleId' });
    const inState = (state: RuleState) => versions.find((v) => v.state === state) ?? null;
    const draft = inState('draft');
    return {
      ruleId: input.ruleId,
      shown: inState('live') ?? inState('paused') ?? draft ?? versions[0]!,
      draft,
      head: headOf(versions),
      versions,
      currency: await readSetting(db, 'currency.base'),
    };
  },
});

export type RuleHitPoint = { at: string; hits: number };
export type RuleHitPayment = {
  transactionId: string;
  at: string;
  userId: string;
  merchantId: string;
  amount: string;
  currency: string;
  decision: string;
  riskLevel: string;
  score: number;
  isFraud: boolean | null;
  version: number;
};
export type RuleHits = { by: 'hour' | 'day'; points: RuleHitPoint[]; recent: RuleHitPayment[]; at: string };

/**
 * What a rule hit: payments per hour over 48 hours or per day over 30 days (UTC, quiet ones are 0), and the 20
 * newest payments.
 */
export const ruleHits = query({
  name: 'rule.hits',
  can: 'rule:read',
  input: ruleHitsInput,
  live: true,
  run: async ({ db, input }): Promise<RuleHits> => {
    const unit = sql.raw(input.by === 'hour' ? `'hour'` : `'day'`);
    const span = sql.raw(input.by === 'hour' ? `interval '47 hours'` : `interval '29 days'`);
    const step = sql.raw(input.by === 'hour' ? `interval '1 hour'` : `interval '1 day'`);
    const [points, recent] = await Promise.all([
      db.execute<{ at: string; hits: number }>(sql`
        select slot as at, coalesce(h.hits, 0)::int as hits
        from generate_series(date_trunc(${unit}, now()) - ${span}, date_trunc(${unit}, now()), ${step}) slot
        left join (select date_trunc(${unit}, transaction_timestamp) as slot, count(*) as hits from rule_hits
          where rule_id = ${input.ruleId} and transaction_timestamp >= date_trunc(${unit}, now()) - ${span}
            and ${plannedHours(sql`transaction_timestamp`, 30 * 24)}
          group by 1) h using (slot) order by slot`),
      db.execute<Record<string, string | number | boolean | null>>(sql`
        select h.transaction_id, h.transaction_timestamp, t.user_id, t.merchant_id, t.amount, t.currency, t.decision,
          t.risk_level, t.fraud_score, t.is_fraud, v.version
        from (select * from rule_hits where rule_id = ${input.ruleId} and transaction_timestamp > now() - interval '30 days'
          and ${plannedHours(sql`transaction_timestamp`, 30 * 24)} order by transaction_timestamp desc limit 20) h
        join transactions t using (transaction_id, transaction_timestamp)
        join rule_versions v on v.id = h.rule_version_id
        where t.transaction_timestamp > now() - interval '30 days' and ${plannedHours(sql`t.transaction_timestamp`, 30 * 24)}
        order by h.transaction_timestamp desc`),
    ]);
    return {
      by: input.by,
      points: points.map((p) => ({ at: iso(p.at), hits: p.hits })),
      recent: recent.map((r) => ({
        transactionId: String(r.transaction_id),
        at: iso(String(r.transaction_timestamp)),
        userId: String(r.user_id),
        merchantId: String(r.merchant_id),
        amount: String(r.amount),
        currency: String(r.currency),
        decision: String(r.decision),
        riskLevel: String(r.risk_level),
        score: Number(r.fraud_score),
        isFraud: r.is_fraud === null ? null : Boolean(r.is_fraud),
        version: Number(r.version),
      })),
      at: new Date().toISOString(),
    };
  },
});

/** On how many of the last 1 000 payments a condition is true, by their stored features, with the newest ten of them. */
export const dryRunRule = query({
  name: 'rule.dry-run',
  can: 'rule:read',
  input: dryRunInput,
  live: true,
  run: async ({ db, input }): Promise<DryRun> => {
    if ('conditions' in input) return runOnRecent(db, input.conditions);
    const [version] = await readVersions(db, sql`v.id = ${input.versionId}`);
    if (!version) throw new AppError('not_found', { field: 'versionId' });
    return runOnRecent(db, version.conditions);
  },
});

/** What an editor needs to know before there is a rule: the base currency, in which money of features is. */
export const getRuleEditor = query({
  name: 'rule.editor',
  can: 'rule:create',
  input: noInput,
  run: async ({ db }) => ({ currency: await readSetting(db, 'currency.base') }),
});

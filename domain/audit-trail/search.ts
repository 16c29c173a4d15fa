import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor } from '../cursor';
import { containing } from '../like';
import type { AuditFilter } from './input';

export type RawEntry = {
  id: string;
  timestamp: string;
  time_key: string;
  actor_type: string;
  user_id: string | null;
  actor_name: string;
  action: string;
  resource_type: string;
  resource_id: string | null;
  resource_name: string | null;
  old_values: Record<string, unknown> | null;
  new_values: Record<string, unknown> | null;
  outcome: string;
  reason: string | null;
  ip: string | null;
  user_agent: string | null;
  session_id: string | null;
  request_id: string | null;
  reviewed_at: string | null;
  reviewed_by: string | null;
  review_note: string | null;
};

/** Kept as text, because anything may have been acted on; compared as what the table's key is, or no index is used. */
const asUuid = (text: SQL) =>
  sql`case when ${text} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (${text})::uuid end`;
const asSession = (text: SQL) => sql`case when ${text} ~ '^[0-9]{1,9}$' then (${text})::integer end`;
const resource = sql`a.resource_id`;
const reviewer = sql`v.reviewed_by`;

const columns = sql`a.id, a.timestamp, extract(epoch from a.timestamp)::text as time_key, a.actor_type, a.user_id,
  a.actor_name, a.action, a.resource_type, a.resource_id, a.old_values, a.new_values, a.outcome, a.reason,
  host(a.ip_address) as ip, a.user_agent, a.session_id, a.request_id,
  case a.resource_type
    when 'person' then (select u.name from console_users u where u.id = ${asUuid(resource)})
    when 'session' then (select u.name from user_sessions s join console_users u on u.id = s.user_id::uuid
      where s.id = ${asSession(resource)})
  end as resource_name,
  v.reviewed_at, coalesce((select u.name from console_users u where u.id = ${asUuid(reviewer)}), v.reviewed_by) as reviewed_by,
  v.note as review_note`;

export const readEntries = (db: Db, where: SQL, limit: number): Promise<RawEntry[]> =>
  db.execute<RawEntry>(sql`select ${columns} from audit_trail a left join audit_reviews v on v.audit_id = a.id
    where ${where} order by a.timestamp desc, a.id desc limit ${limit}`) as unknown as Promise<RawEntry[]>;

const conditionsOf = (filter: AuditFilter): SQL[] => {
  const conditions: SQL[] = [];
  // `anonymous` and `system` have no id: they are asked for by name.
  if (filter.person)
    conditions.push(
      sql`(a.user_id = ${filter.person} or (a.user_id is null and a.actor_name = ${filter.person}))`,
    );
  if (filter.action) conditions.push(sql`a.action = ${filter.action}`);
  if (filter.resource) conditions.push(sql`a.resource_type = ${filter.resource}`);
  if (filter.outcome) conditions.push(sql`a.outcome = ${filter.outcome}`);
  if (filter.reviewed !== undefined)
    conditions.push(filter.reviewed ? sql`v.audit_id is not null` : sql`v.audit_id is null`);
  if (filter.from) conditions.push(sql`a.timestamp >= ${filter.from}::date::timestamptz`);
  if (filter.to) conditions.push(sql`a.timestamp < (${filter.to}::date + 1)::timestamptz`);
  if (filter.text) {
    const like = containing(filter.text);
    conditions.push(sql`(a.actor_name ilike ${like} or a.action ilike ${like} or a.resource_type ilike ${like}
      or a.resource_id ilike ${like} or a.reason ilike ${like} or host(a.ip_address) like ${like}
      or a.request_id = ${filter.text}
      or (a.resource_type = 'person' and exists (select from console_users u
        where u.id = ${asUuid(resource)} and (u.name ilike ${like} or u.email ilike ${like}))))`);
  }
  return conditions;
};

const auditCursor = z.tuple([z.string().regex(/^\d{1,12}(\.\d{1,6})?$/), z.number().int().nonnegative()]);

export type Found = {
  entries: RawEntry[];
  next: string | null;
  /** The search stopped for time: nothing older than this (ISO) was looked at. */
  searchedTo: string | null;
};

type Window = { upper: Date; lower: Date };

/** The first window goes back to the first of this month also where it begins after its end. */
const monthsBack = function* (from: Date): Generator<Window> {
  for (let upper = from; ; ) {
    const month = new Date(Math.min(upper.getTime(), Date.now()));
    const lower = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1));
    // A moment that is exactly the first of a month belongs to the window before it.
    if (lower.getTime() === upper.getTime()) lower.setUTCMonth(lower.getUTCMonth() - 1);
    yield { upper, lower };
    upper = lower;
  }
};

/** Where the trail begins; every partition has to be planned for it. */
const beginning = async (db: Db): Promise<number> => {
  const [row] = await db.execute<{ at: string | null }>(
    sql`select min(timestamp)::text as at from audit_trail`,
  );
  return row?.at ? Date.parse(row.at) : Number.POSITIVE_INFINITY;
};

const dayMs = 86_400_000;

/**
 * Looks back from the newest entry (or the cursor) month by month, one partition at a time, until the page is full,
 * the trail is at its end or `forMs` have passed; then it says how far it looked.
 */
export const searchEntries = async (
  db: Db,
  filter: AuditFilter,
  page: { cursor?: string; limit: number; forMs: number },
): Promise<Found> => {
  const conditions = conditionsOf(filter);
  // A day ahead, so that it does not matter whose clock is right.
  let from = new Date(Date.now() + dayMs);
  if (page.cursor) {
    const [at, id] = decodeCursor(auditCursor, page.cursor);
    conditions.push(sql`(a.timestamp, a.id) < (to_timestamp(${at}::numeric), ${id})`);
    from = new Date(Math.min(from.getTime(), Math.ceil(Number(at) * 1000) + 1));
  }
  if (filter.to) {
    const end = new Date(Date.parse(filter.to) + dayMs);
    if (end < from) from = end;
  }
  let until: number | undefined;
  const began = Date.now();
  const entries: RawEntry[] = [];
  for (const { upper, lower } of monthsBack(from)) {
    const within = sql`a.timestamp >= ${lower.toISOString()}::timestamptz and a.timestamp < ${upper.toISOString()}::timestamptz`;
    const missing = page.limit + 1 - entries.length;
    entries.push(...(await readEntries(db, sql.join([within, ...conditions], sql` and `), missing)));
    const last = entries[page.limit - 1];
    if (entries.length > page.limit && last) {
      const next = encodeCursor([last.time_key, Number(last.id)]);
      return { entries: entries.slice(0, page.limit), next, searchedTo: null };
    }
    // Most pages are full by now, and need not know.
    until ??= Math.max(await beginning(db), filter.from ? Date.parse(filter.from) : 0);
    if (lower.getTime() <= until) break;
    if (Date.now() - began > page.forMs)
      return {
        entries,
        next: encodeCursor([String(lower.getTime() / 1000), 0]),
        searchedTo: lower.toISOString(),
      };
  }
  return { entries, next: null, searchedTo: null };
};

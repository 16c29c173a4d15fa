import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { may } from '@/domain/access';
import { type Actor, actorId } from '@/domain/actor';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { AppError } from '@/domain/errors';
import { noInput, query } from '@/domain/operation';
import { readSetting } from '@/domain/settings/read';
import { type Explanation, explainPayment } from '@/domain/transactions/explain';
import { type Attack, listAttacks } from './attacks';
import { type AlertHistory, alertHistory } from './history';
import { type AlertFilters, alertInput, listAlertsInput, nextAlertInput } from './input';
import { type AlertRow, alertColumns, alertNames, alertRow, held } from './rows';

/** Counting stops here: a tab says `999+` and stays cheap whatever the backlog. */
export const countLimit = 1_000;

export type AlertCounts = { mine: number; open: number; escalated: number; matching: number };
export type AlertList = Page<AlertRow> & { counts: AlertCounts; attacks: Attack[]; baseCurrency: string };

const anyOf = (column: SQL, values: readonly string[] | undefined): SQL[] =>
  values && values.length > 0
    ? [
        sql`${column} in (${sql.join(
          values.map((value) => sql`${value}`),
          sql`, `,
        )})`,
      ]
    : [];

/** Those who take what others escalate see it in the queue; for everybody else it has left. */
const takesEscalated = (actor: Actor): boolean =>
  actor.kind === 'system' || (actor.kind === 'user' && may(actor.role, 'alert:assign'));

const inTab = (input: AlertFilters, actor: Actor): SQL[] => {
  if (input.status && input.status.length > 0 && input.tab !== 'mine')
    return anyOf(sql`a.status`, input.status);
  if (input.tab === 'mine') return [sql`a.status <> 'decided'`, sql`a.assignee_id = ${actorId(actor)}`, held];
  if (input.tab === 'all') return [];
  return takesEscalated(actor)
    ? [sql`a.status <> 'decided'`]
    : [sql`a.status <> 'decided'`, sql`a.status = 'open'`];
};

const due: Record<NonNullable<AlertFilters['due']>, SQL> = {
  overdue: sql`a.sla_due_at <= now()`,
  '30m': sql`a.sla_due_at > now() and a.sla_due_at <= now() + interval '30 minutes'`,
  '2h': sql`a.sla_due_at > now() + interval '30 minutes' and a.sla_due_at <= now() + interval '2 hours'`,
  later: sql`a.sla_due_at > now() + interval '2 hours'`,
};

const filters = (input: AlertFilters, actor: Actor): SQL[] => [
  ...inTab(input, actor),
  ...anyOf(sql`a.risk_level`, input.risk),
  ...anyOf(sql`a.severity`, input.severity),
  ...anyOf(sql`a.disposition`, input.disposition),
  ...(input.due ? [due[input.due]] : []),
  ...(input.merchant ? [sql`a.merchant_id = ${input.merchant}`] : []),
  ...(input.user ? [sql`a.user_id = ${input.user}`] : []),
  ...(input.amountFrom === undefined ? [] : [sql`a.amount_base >= ${input.amountFrom}::numeric`]),
  ...(input.amountTo === undefined ? [] : [sql`a.amount_base <= ${input.amountTo}::numeric`]),
  ...(input.olderThanMinutes === undefined
    ? []
    : [sql`a.created_at <= now() - make_interval(mins => ${input.olderThanMinutes}::integer)`]),
  ...(input.youngerThanMinutes === undefined
    ? []
    : [sql`a.created_at > now() - make_interval(mins => ${input.youngerThanMinutes}::integer)`]),
];

type Order = { by: SQL; column: 'queue_at' | 'created_at' | 'decided_at'; down: boolean };

/** Undecided alerts stand in the queue; where decided ones are listed too, time orders; decided alone, their verdict's. */
const orderOf = (input: AlertFilters): Order => {
  const onlyDecided = input.tab === 'all' && input.status?.length === 1 && input.status[0] === 'decided';
  if (onlyDecided) return { by: sql`a.decided_at`, column: 'decided_at', down: true };
  const urgent = input.order ? input.order === 'urgent' : input.tab !== 'all';
  return urgent
    ? { by: sql`a.queue_at`, column: 'queue_at', down: false }
    : { by: sql`a.created_at`, column: 'created_at', down: true };
};

const position = z.tuple([
  z
    .string()
    .max(40)
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.+:-]*$/),
  z.number().int(),
]);
const and = (conditions: readonly SQL[]): SQL =>
  conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);

/**
 * The queue, a page of it, with the counts of the tabs and (on the first page of the open queue) the merchants under
 * attack now. Order: place in the queue, or newest first; filters combine with and.
 */
export const listAlerts = query({
  name: 'alert.list',
  can: 'alert:read',
  input: listAlertsInput,
  live: true,
  run: async ({ db, actor, input }): Promise<AlertList> => {
    const where = filters(input, actor);
    const { by, column, down } = orderOf(input);
    const direction = down ? sql`desc` : sql`asc`;
    const paged = [...where];
    if (input.cursor) {
      const [at, id] = decodeCursor(position, input.cursor);
      paged.push(sql`(${by}, a.id) ${down ? sql`<` : sql`>`} (${at}::timestamptz, ${id})`);
    }
    const page = db.execute<Record<string, unknown>>(sql`select ${alertColumns}, a.place
      from (select a.*, ${by}::text as place from fraud_alerts a where ${and(paged)}
        order by ${by} ${direction}, a.id ${direction} limit ${input.limit + 1}) a
      ${alertNames} order by a.${sql.raw(column)} ${direction}, a.id ${direction}`);
    const count = db.execute<Record<'mine' | 'open' | 'escalated' | 'matching', string>>(sql`select
      (select count(*) from fraud_alerts a where a.status <> 'decided' and a.assignee_id = ${actorId(actor)} and ${held}) as mine,
      (select count(*) from (select from fraud_alerts a where a.status <> 'decided' and a.status = 'open' limit ${countLimit}) n) as open,
      (select count(*) from (select from fraud_alerts a where a.status <> 'decided' and a.status = 'escalated' limit ${countLimit}) n) as escalated,
      (select count(*) from (select from fraud_alerts a where ${and(where)} limit ${countLimit}) n) as matching`);
    const first = input.tab === 'open' && !input.cursor && column === 'queue_at' && !input.merchant;
    const [rows, [counts], attacks, baseCurrency] = await Promise.all([
      page,
      count,
      first ? listAttacks(db, where) : [],
      readSetting(db, 'currency.base'),
    ]);
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1) : undefined;
    return {
      rows: shown.map(alertRow),
      next: last ? encodeCursor([String(last.place), Number(last.id)]) : null,
      counts: {
        mine: Number(counts?.mine ?? 0),
        open: Number(counts?.open ?? 0) + (takesEscalated(actor) ? Number(counts?.escalated ?? 0) : 0),
        escalated: Number(counts?.escalated ?? 0),
        matching: Number(counts?.matching ?? 0),
      },
      attacks,
      baseCurrency,
    };
  },
});

export type AlertDetail = { alert: AlertRow; explanation: Explanation | null; history: AlertHistory[] };

/**
 * One alert with its payment explained: rules with what they saw, the model's contributions, features, what is usual
 * for the customer, similar payments and how they turned out, the card's last ten minutes, and who did what to it.
 * `explanation` is null when the payment is gone. @throws AppError `not_found`
 */
export const getAlert = query({
  name: 'alert.get',
  can: 'alert:read',
  input: alertInput,
  live: true,
  run: async ({ db, input }): Promise<AlertDetail> => {
    const [row] = await db.execute<Record<string, unknown>>(sql`select ${alertColumns},
      a.transaction_timestamp::text as exact_at from fraud_alerts a ${alertNames} where a.id = ${input.id}`);
    if (!row) throw new AppError('not_found', { detail: 'alert.not_found', values: { id: input.id } });
    const alert = alertRow(row);
    const [explanation, history] = await Promise.all([
      explainPayment(db, alert.transactionId, String(row.exact_at)),
      alertHistory(db, alert.id, alert.createdAt),
    ]);
    return { alert, explanation, history };
  },
});

/** The alert that comes after one in the queue and that nobody else has; from the front again at the end. */
export const nextAlert = query({
  name: 'alert.next',
  can: 'alert:read',
  input: nextAlertInput,
  run: async ({ db, actor, input }): Promise<{ id: number } | null> => {
    const free = sql`a.status <> 'decided' and a.status = 'open' and (not ${held} or a.assignee_id = ${actorId(actor)})`;
    if (input.after !== undefined) {
      const [next] = await db.execute<{ id: string }>(sql`select a.id from fraud_alerts a,
        (select queue_at, id from fraud_alerts where id = ${input.after}) b
        where ${free} and (a.queue_at, a.id) > (b.queue_at, b.id) order by a.queue_at, a.id limit 1`);
      if (next) return { id: Number(next.id) };
    }
    const [front] = await db.execute<{ id: string }>(sql`select a.id from fraud_alerts a
      where ${free} and a.id is distinct from ${input.after ?? null}::bigint order by a.queue_at, a.id limit 1`);
    return front ? { id: Number(front.id) } : null;
  },
});

/** Who can be given an alert: active people who may decide one, by name. At most 500. */
export const listAssignees = query({
  name: 'alert.assignees',
  can: 'alert:read',
  input: noInput,
  run: async ({ db }): Promise<{ id: string; name: string }[]> => {
    const rows = await db.execute<{ id: string; name: string; role: string }>(
      sql`select id, name, role from console_users where is_active order by name, id limit 500`,
    );
    return rows
      .filter((row) => may(row.role as Parameters<typeof may>[0], 'alert:decide'))
      .map(({ id, name }) => ({ id, name }));
  },
});

import type { Sql } from 'postgres';
import type { PersonActor } from '@/domain/actor';
import { encodeCursor } from '@/domain/cursor';

/** What the pages of one database are asked about. Each round takes the next of a list. */
export type Samples = {
  actor: PersonActor;
  payments: { id: string; at: string; user: string; card: string; device: string; ip: string }[];
  alerts: number[];
  ruleId: number;
  ruleVersionId: number;
  auditId: number;
  sessionRow: number;
  securityEventId: number;
  personId: string;
  queryId: string;
  streamRow: number;
  /** Null where no day has enough payments to say anything. */
  driftFeature: string | null;
  /** A session of the server: our own that watches. */
  session: { pid: number; backendStart: string };
  /** Positions in the middle of the history, as a list hands them out. */
  deepPayment: string;
  deepAudit: string;
  now: Date;
};

const one = async (sql: Sql, text: string): Promise<Record<string, string>> => {
  const [row] = await sql.unsafe(text);
  if (!row) throw new Error(`nothing found by: ${text}`);
  return row as Record<string, string>;
};

export const readSamples = async (sql: Sql): Promise<Samples> => {
  const payments = await sql.unsafe(`select transaction_id as id,
      to_char(transaction_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, user_id as user, card_token as card,
      device_id as device, host(ip_address) as ip
    from transactions where transaction_timestamp between now() - interval '20 days' and now() - interval '1 day'
      and merchant_id <> 'm0' order by md5(transaction_id) limit 12`);
  const alerts = await sql`select id::int from fraud_alerts where created_at > now() - interval '20 days'
    order by md5(transaction_id) limit 12`;
  const deep = await one(
    sql,
    `select transaction_timestamp::text as at, transaction_id as id from transactions
      where transaction_timestamp < now() - interval '12 months' order by transaction_timestamp desc limit 1`,
  );
  const audit = await one(
    sql,
    `select extract(epoch from timestamp)::text as at, id::text from audit_trail
      where timestamp < now() - interval '12 months' order by timestamp desc limit 1`,
  );
  const rule = await one(
    sql,
    `select rule_id, rule_version_id from rule_hits where transaction_timestamp > now() - interval '5 days'
      group by 1, 2 order by count(*) desc limit 1`,
  );
  const person = await one(
    sql,
    `select id::text, email, name from console_users where role = 'admin' order by email limit 1`,
  );
  const [drift] =
    await sql`select feature from model_drift where psi is not null order by day desc, feature limit 1`;
  const session = await one(sql, 'select max(id) as id from user_sessions');
  const event = await one(sql, 'select max(id) as id from security_events');
  const stream = await one(sql, 'select max(id) as id from transaction_stream');
  const own = await one(
    sql,
    `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as start
      from pg_stat_activity where pid = pg_backend_pid()`,
  );
  return {
    actor: {
      kind: 'user',
      userId: person.id!,
      email: person.email!,
      name: person.name!,
      role: 'admin',
      sessionId: '0'.repeat(64),
      ip: '127.0.0.1',
      userAgent: 'bench',
      requestId: 'req_bench',
    },
    payments: payments as unknown as Samples['payments'],
    alerts: alerts.map((row) => Number(row.id)),
    ruleId: Number(rule.rule_id),
    ruleVersionId: Number(rule.rule_version_id),
    auditId: Number(audit.id),
    sessionRow: Number(session.id),
    securityEventId: Number(event.id),
    personId: person.id!,
    queryId: '1',
    streamRow: Number(stream.id),
    driftFeature: drift ? String(drift.feature) : null,
    session: { pid: Number(own.pid), backendStart: own.start! },
    deepPayment: encodeCursor([deep.at!, deep.id!]),
    deepAudit: encodeCursor([audit.at!, Number(audit.id)]),
    now: new Date(),
  };
};

export const nth = <T>(list: readonly T[], round: number): T => {
  const item = list[round % list.length];
  if (item === undefined) throw new Error('a list of samples is empty');
  return item;
};

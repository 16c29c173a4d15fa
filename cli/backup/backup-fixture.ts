import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Sql, TransactionSql } from 'postgres';
import { database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { anonymousActor, newRequestId, systemActor } from '@/domain/actor';
import { createPersonWithPassword } from '@/domain/people/commands';
import { signIn } from '@/domain/sessions/commands';
import { seedSettings } from '@/domain/settings/read';
import { decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { generatePayment, type PaymentWorld, seededRandom } from '@/domain/transactions/generated-payments';
import { quoted, readTables } from './catalog';

export const email = 'backed-up@example.org';
export const password = 'a long and quiet sentence';

const world: PaymentWorld = { prefix: '', users: 30, merchants: 10, devices: 30, addresses: 20, network: 1 };

/** Decides one payment after the other through this process's database until it is told to stop. */
export const payUntil = async (label: string, stop: AbortSignal, most = Infinity): Promise<number> => {
  const sql = databaseSql();
  const rules = await loadDecisionRules(sql);
  const deps = { sql, rules: () => rules, queue: new EntityQueue() };
  const random = seededRandom(5);
  let paid = 0;
  for (; !stop.aborted && paid < most; paid += 1) {
    const payment = generatePayment(world, `${label}-${paid}`, new Date(), random);
    const [outcome] = await decide([{ payment }], deps);
    if (outcome?.kind !== 'answer') throw new Error(`no answer: ${outcome?.kind}`);
  }
  return paid;
};

export const enter = async (): Promise<string | null> => {
  const from = { ip: '192.0.2.1', userAgent: 'test', requestId: newRequestId() };
  const result = await signIn(anonymousActor(from), { email, password, deviceHash: null });
  if (!result.ok) throw new Error(result.error.code);
  return result.value.token;
};

/** Awkward for a text format: what COPY escapes, and what looks like its own signs. */
const awkward = [
  'tab\tnewline\nreturn\r',
  'back\\slash \\N \\.',
  '\\.',
  '\\N',
  'çığ 雪 🧾 “quotes”',
  '',
  ' ',
];

/** A small installation with something in every corner: people, decisions, labels, archived months, one held, one detached. */
export const furnish = async (sql: Sql): Promise<void> => {
  await seedSettings(database());
  await seedRules(database());
  const person = await createPersonWithPassword(systemActor('test'), {
    email,
    name: 'Ayşe Kaya',
    role: 'admin',
    password,
  });
  if (!person.ok) throw new Error(person.error.code);
  await enter();
  await payUntil('before', new AbortController().signal, 60);
  for (const [at, reason] of awkward.entries())
    await sql`insert into entity_lists (list_name, kind, entity, value, reason, created_by)
      values ('awkward', 'block', 'user', ${String(at)}, ${reason}, 'test')`;
  await sql`update entity_lists set reason = null where value = '0'`;
  await sql`update system_config set config_value = '3' where config_key = 'retention.transactions_months'`;
  await sql`select ensure_partitions(date_trunc('month', now()) - interval '6 months')`;
  await sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
      amount_base, ip_address, metadata, fraud_score, risk_level, decision, decision_version)
    select 'old-' || m || '-' || i, 'u' || i, 'm' || i, at, at, 12.30, 'EUR', 12.30, '2001:db8::1', '{"a":"\\t\\"\\\\"}',
      0.9999, case when i % 2 = 0 then 'CRITICAL' else 'LOW' end, 'ALLOW', 'test'
    from generate_series(4, 6) m, generate_series(1, 20) i,
      lateral (select date_trunc('month', now()) - make_interval(months => m) + make_interval(hours => i) as at) a`;
  for (let month = 0; month < 3; month += 1) await sql`select archive_old_transactions()`;
  await sql`select bring_back_transactions((date_trunc('month', now()) - interval '5 months')::date, 'looked at again', 'test')`;
  await sql`select label_transactions('[{"transaction_id":"before-1","is_fraud":true}]', 'analyst')`;
  await sql`insert into system_metrics (metric_name, metric_value, labels) values ('db.test', 1.5, '{"unit":"count"}')`;
  await sql`insert into api_usage (endpoint, method) values ('/api/v1/transactions', 'POST')`;
};

/** Rows of each table and a sum over their text, the same whatever their order. */
export const sumsOf = async (sql: Sql | TransactionSql): Promise<Record<string, string>> => {
  const tables = (await readTables(sql)).map(({ name }) => name).sort();
  const rows = await sql.unsafe(
    tables
      .map(
        (name) =>
          `select '${name}' as name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as sum from ${quoted(name)} t`,
      )
      .join(' union all '),
  );
  return Object.fromEntries(rows.map(({ name, sum }) => [name as string, sum as string]));
};

/** One of the commands as it is run. */
export const runCommand = (
  command: 'backup' | 'restore',
  args: string[],
  env: Record<string, string>,
): ChildProcess & { said: () => string; ended: Promise<number | null> } => {
  const child = spawn(process.execPath, ['--import', 'tsx', `cli/${command}.ts`, ...args], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', VIGIL_LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => {
      text += data.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return Object.assign(child, { said: () => text, ended });
};

import type { Sql } from 'postgres';
import { ownerRole } from '@/db/roles';
import { consolePeople, monthsUntil, type Span, type VolumeWorld } from './world';

/** Customers, merchants and the people who sign in. */
export const fillPeople = async (sql: Sql, world: VolumeWorld, from: Date): Promise<void> => {
  const since = from.toISOString();
  await sql`insert into users (user_id, display_name, country, first_seen_at)
    select 'u' || i, 'Customer ' || i, (array['DE','FR','TR','US','GB'])[1 + i % 5], ${since}::timestamptz
    from generate_series(0, ${world.users}) i on conflict do nothing`;
  await sql`insert into merchants (merchant_id, display_name, category, country, latitude, longitude, first_seen_at)
    select 'm' || i, 'Merchant ' || i, 'online', 'DE', 48 + i % 7, 8 + i % 11, ${since}::timestamptz
    from generate_series(0, ${world.merchants + 1}) i on conflict do nothing`;
  await sql`insert into console_users (email, name, role, created_at)
    select 'person' || i || '@example.org', 'Person ' || i,
      (array['analyst','senior_analyst','security_officer','db_operator','data_scientist','auditor','admin'])[1 + i % 7], ${since}::timestamptz
    from generate_series(1, ${consolePeople}) i on conflict do nothing`;
  await sql`insert into entity_lists (list_name, kind, entity, value, created_by)
    select 'Blocked cards', 'block', 'card', 'listed-' || i, 'volume' from generate_series(1, 2000) i on conflict do nothing`;
};

/** A random person of the console, the same for the whole of a row. */
const person = `(select id::text from console_users where email = 'person' || (1 + i % ${consolePeople}) || '@example.org')`;

/** What people did over the months: one audit row for twenty payments, sessions, security events. */
export const fillConsole = async (sql: Sql, world: VolumeWorld, span: Span): Promise<void> => {
  for (const month of monthsUntil(world, span.to))
    for (const table of ['audit_trail', 'security_events']) await makePartition(sql, table, month);
  const seconds = (span.to.getTime() - span.from.getTime()) / 1000;
  const from = `timestamptz '${span.from.toISOString()}'`;
  const at = (count: number) => `${from} + make_interval(secs => (i - random()) / ${count} * ${seconds})`;
  const audits = Math.round(world.rows / 20);
  await sql.unsafe(`insert into audit_trail (user_id, action, resource_type, resource_id, old_values, new_values, ip_address,
      user_agent, timestamp, session_id, actor_type, actor_name, outcome, request_id)
    select p.id::text, (array['alert:claim','alert:decide','alert:decide','session:sign-in','transaction:label'])[1 + i % 5],
      (array['alert','alert','alert','session','transaction'])[1 + i % 5], i::text, '{"status":"open"}', '{"status":"decided"}',
      inet '10.9.0.0' + i % 200, 'Mozilla/5.0 (X11; Linux x86_64)', ${at(audits)}, md5(i::text), 'user', p.name, 'success',
      'req_' || substr(md5(i::text), 1, 10)
    from generate_series(1, ${audits}) i
    join (select id, name, row_number() over (order by email) - 1 as n from console_users where email like 'person%') p
      on p.n = i % ${consolePeople} order by i`);
  const events = Math.max(50, Math.round(world.rows / 1000));
  await sql.unsafe(`insert into security_events (event_type, severity, description, user_id, ip_address, metadata, resolved,
      created_at, resolved_by, resolved_at, resolution)
    select 'sign-in.failed', (array['info','warning','critical'])[1 + i % 3], 'Three wrong passwords', null, inet '10.9.1.0' + i % 200,
      '{"attempts":3}', i <= ${events} - 20, ${at(events)}, case when i <= ${events} - 20 then 'volume' end,
      case when i <= ${events} - 20 then now() end, case when i <= ${events} - 20 then 'expected' end
    from generate_series(1, ${events}) i order by i`);
  const sessions = Math.max(50, Math.round(world.rows / 2000));
  await sql.unsafe(`insert into user_sessions (session_id, user_id, ip_address, user_agent, created_at, last_activity, expires_at,
      is_active, ended_at, end_reason)
    select md5('a' || i) || md5('b' || i), u, inet '10.9.0.0' + i % 200, 'Mozilla/5.0 (X11; Linux x86_64)', at, at + interval '20 minutes',
      at + interval '12 hours', i > ${sessions} - 30, case when i <= ${sessions} - 30 then at + interval '1 hour' end,
      case when i <= ${sessions} - 30 then 'signed_out' end
    from (select i, ${person} as u, ${at(sessions)} as at from generate_series(1, ${sessions}) i) s order by i`);
};

/** How many alerts wait: what a team lets stand is no share of the payments, and a full page is compared with a full one. */
const backlog = 400;

/** Decided but for the newest, whatever the size. */
export const settleBacklog = async (sql: Sql): Promise<void> => {
  await sql`update fraud_alerts set status = 'decided', disposition = 'good_alert', decided_by = 'volume', decided_at = now()
    where status = 'open' and id not in (select id from fraud_alerts order by created_at desc, id desc limit ${backlog})`;
  await sql`update fraud_alerts set status = 'open', disposition = null, decided_by = null, decided_at = null
    where status = 'decided' and id in (select id from fraud_alerts order by created_at desc, id desc limit ${backlog})`;
};

/** Alerts of what was not allowed: the older than a day are decided. */
export const fillAlerts = async (sql: Sql, span: Span): Promise<void> => {
  await sql.unsafe(`insert into fraud_alerts (transaction_id, transaction_timestamp, user_id, merchant_id, card_token, amount, currency,
      amount_base, fraud_score, risk_level, decision, severity, status, disposition, reasons, rules, queue_at, sla_due_at,
      assignee_id, decided_by, decided_at, created_at)
    select transaction_id, transaction_timestamp, user_id, merchant_id, card_token, amount, currency, amount_base, fraud_score,
      risk_level, decision, case when decision = 'BLOCK' then 'critical' else 'warning' end,
      case when old then 'decided' else 'open' end,
      case when old then case when is_fraud then 'fraud' when decision = 'BLOCK' then 'false_positive' else 'good_alert' end end,
      '[{"code":"card_velocity","values":{"count":4}}]', '{1}', recorded_at - interval '5 minutes', recorded_at + interval '1 hour',
      null, case when old then 'volume' end, case when old then recorded_at + interval '11 minutes' end, recorded_at
    from (select *, transaction_timestamp < now() - interval '1 day' as old from transactions
      where decision <> 'ALLOW' and transaction_timestamp >= '${span.from.toISOString()}'
        and transaction_timestamp < '${span.to.toISOString()}') t order by transaction_timestamp
    on conflict do nothing`);
};

/** The days' figures as the job would have kept them: it has as many runs as it needs. */
export const fillReports = async (sql: Sql, span: Span): Promise<void> => {
  await sql`insert into touched_days
    select generate_series(${span.from.toISOString()}::timestamptz, ${span.to.toISOString()}::timestamptz, interval '1 day')::date
    union select ${span.to.toISOString()}::timestamptz::date`;
  for (let left = 1; left > 0; ) {
    const [run] = await sql<
      { left: number }[]
    >`select (detail ->> 'days left')::int as left from refresh_daily_reports()`;
    left = run?.left ?? 0;
  }
};

/** The stream's rows of what was paid in this span: answered, with what was sent and what was said. */
export const fillStream = async (sql: Sql, span: Span): Promise<void> => {
  await sql.unsafe(`insert into transaction_stream (transaction_id, raw_data, processed_at, processing_status, received_at,
      payload_hash, answer)
    select transaction_id, jsonb_build_object('transaction_id', transaction_id, 'user_id', user_id, 'merchant_id', merchant_id,
        'transaction_timestamp', transaction_timestamp, 'amount', amount::text, 'currency', currency, 'latitude', latitude,
        'longitude', longitude, 'country', country, 'device_id', device_id, 'ip_address', host(ip_address), 'channel', channel,
        'card_token', card_token), recorded_at, 'DONE', transaction_timestamp, md5(transaction_id) || md5(user_id),
      json_build_object('transaction_id', transaction_id, 'decision', decision, 'score', fraud_score, 'risk_level', risk_level,
        'reasons', '[]'::json)::text
    from transactions where transaction_timestamp >= '${span.from.toISOString()}'
      and transaction_timestamp < '${span.to.toISOString()}' order by transaction_timestamp on conflict do nothing`);
};

/** The newest recording of each user and card, as record_decision() keeps it. */
export const fillHeads = async (sql: Sql, span: Span): Promise<void> => {
  const heads = (
    entity: string,
    column: string,
  ) => `insert into entity_heads as h (entity, key, recorded_at, payments)
    select '${entity}', ${column}, max(recorded_at), count(*) from transactions
    where transaction_timestamp >= '${span.from.toISOString()}' and transaction_timestamp < '${span.to.toISOString()}' group by 2
    on conflict (entity, key) do update set recorded_at = excluded.recorded_at, payments = h.payments + excluded.payments`;
  await sql.unsafe(heads('user', 'user_id'));
  await sql.unsafe(heads('card', 'card_token'));
};

/** The counts of requests by hour and by five minutes that ingest keeps beside them. */
const fillUsageSlots = async (sql: Sql): Promise<void> => {
  await sql`insert into api_usage_slots (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms, calls,
      request_bytes, response_bytes)
    select size.seconds, to_timestamp(floor(extract(epoch from timestamp) / size.seconds) * size.seconds), endpoint, method, status_code,
      coalesce(api_key_id, 0), 2 ^ ceil(log(2, greatest(response_time_ms, 1))), count(*), sum(request_size_bytes), sum(response_size_bytes)
    from api_usage, (values (300), (3600)) as size(seconds)
    where timestamp > now() - case size.seconds when 300 then interval '2 days' else interval '90 days' end group by 1, 2, 3, 4, 5, 6, 7`;
};

/** Requests of the payments, 90 days of them; metrics of the last week and runs of jobs of the last month, a sample each minute. */
export const fillOperations = async (sql: Sql, world: VolumeWorld, now: Date): Promise<void> => {
  const day = 86_400_000;
  const today = Math.floor(now.getTime() / day) * day;
  for (let back = 90; back >= 0; back -= 1) {
    const [from, to] = [new Date(today - back * day), new Date(today - (back - 1) * day)];
    await makePartition(sql, 'api_usage', { from, to });
    if (back <= 7) await makePartition(sql, 'system_metrics', { from, to }, true);
    const until = back === 0 ? now : to;
    const requests = Math.round(
      (world.rows / (world.months * 30.44)) * ((until.getTime() - from.getTime()) / day),
    );
    await sql.unsafe(`insert into api_usage (endpoint, method, user_id, ip_address, response_time_ms, status_code,
        request_size_bytes, response_size_bytes, timestamp, api_key_id)
      select '/api/v1/transactions', 'POST', 'shop', inet '10.8.0.1', (3 + random() * 9)::int, 200, 420, 380,
        timestamptz '${from.toISOString()}' + make_interval(secs => (i - random()) / ${requests} * ${(until.getTime() - from.getTime()) / 1000}), 1
      from generate_series(1, ${requests}) i`);
  }
  await fillUsageSlots(sql);
  await sql.unsafe(`insert into system_metrics (metric_name, metric_value, labels, timestamp)
    select 'db.' || h.metric, (random() * 1000)::numeric(15,4), '{"unit":"count"}', at
    from generate_series(timestamptz '${new Date(today - 7 * day).toISOString()}', timestamptz '${now.toISOString()}', interval '1 minute') at
    cross join (select metric from v_database_health) h`);
  await sql.unsafe(`insert into job_runs (job_name, started_at, ended_at, status, affected_rows, started_by)
    select 'refresh-fraud-dashboard', at, at + interval '90 milliseconds', 'ok', 49, 'vigil_worker'
    from generate_series(timestamptz '${now.toISOString()}' - interval '30 days', timestamptz '${now.toISOString()}', interval '5 minutes') at`);
};

/** What the statistics capture keeps: thirty queries, each minute of a week. */
export const fillQueryStats = async (sql: Sql, now: Date): Promise<void> => {
  await sql.unsafe(`insert into query_texts (query_id, role_name, query_text, calls, total_time_ms, rows, shared_blocks_hit,
      shared_blocks_read, seen_at)
    select q, 'vigil_web', 'select ' || q || ' from transactions where user_id = $1', 1e6, 1e6, 1e6, 1e7, 1e5, timestamptz '${now.toISOString()}'
    from generate_series(1, 30) q`);
  await sql.unsafe(`insert into query_stats (captured_at, query_id, role_name, calls, total_time_ms, rows, shared_blocks_hit, shared_blocks_read)
    select at, q, 'vigil_web', 60, 30 + random() * 300, 60, 600, 2
    from generate_series(timestamptz '${now.toISOString()}' - interval '7 days', timestamptz '${now.toISOString()}', interval '1 minute') at,
      generate_series(1, 30) q`);
};

/** A day's or a month's partition, in hours where `hourly`: older ones than the product makes, which begins with today. */
const makePartition = async (sql: Sql, table: string, { from, to }: Span, hourly = false): Promise<void> => {
  const day = to.getTime() - from.getTime() <= 86_400_000;
  const date = from.toISOString();
  const name = `${table}_y${date.slice(0, 4)}m${date.slice(5, 7)}${day ? `d${date.slice(8, 10)}` : ''}`;
  const [there] = await sql`select to_regclass(${name}) as name`;
  if (there?.name) return;
  const range = (a: Date, b: Date) => `for values from ('${a.toISOString()}') to ('${b.toISOString()}')`;
  await sql.begin(async (tx) => {
    await tx.unsafe(`set local role ${ownerRole}`);
    await tx.unsafe(
      `create table ${name} partition of ${table} ${range(from, to)}${hourly ? ' partition by range ("timestamp")' : ''}`,
    );
    for (let hour = 0; hourly && hour < 24; hour += 1) {
      const start = from.getTime() + hour * 3_600_000;
      await tx.unsafe(
        `create table ${name}h${String(hour).padStart(2, '0')} partition of ${name} ${range(new Date(start), new Date(start + 3_600_000))}`,
      );
    }
  });
};

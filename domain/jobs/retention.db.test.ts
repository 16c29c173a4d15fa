import { beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';

const t = await testDatabase();
const worker = connect(t.urls.worker!, { max: 4, name: 'worker-test' });

const keep = (key: string, value: unknown) =>
  t.sql`insert into system_config (config_key, config_value) values (${key}, ${JSON.stringify(value)}::text::jsonb)
    on conflict (config_key) do update set config_value = excluded.config_value`;
const run = async (job: string) => {
  await worker`select run_job(${job})`;
  const [row] = await t.sql`select status, error_message as error, affected_rows::int as rows, detail
    from job_runs where job_name = ${job} order by id desc limit 1`;
  return row as { status: string; error: string | null; rows: number; detail: Record<string, unknown> };
};
/** Runs until nothing is left to do; one step is one partition detached, or one dropped. */
const dropAll = async () => {
  const steps: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    const { error, rows, detail } = await run('drop-expired-partitions');
    if (error) throw new Error(error);
    if (rows === 0) return steps;
    steps.push(...Object.entries(detail).map(([step, name]) => `${step} ${name}`));
  }
  throw new Error('it never ends');
};
const partitions = async (parent: string) =>
  (
    await t.sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ${parent}::regclass order by 1`
  ).map((row) => row.name as string);
/** A day or month of a table so long ago, with its partition. */
const makePartition = async (parent: string, unit: 'day' | 'month', ago: number) => {
  const [made] = await t.sql`select d::text as from, (d + ${`1 ${unit}`}::interval)::text as to,
      ${parent} || to_char(d, ${unit === 'day' ? '"_y"YYYY"m"MM"d"DD' : '"_y"YYYY"m"MM'}) as name
    from (select date_trunc(${unit}, now()) - ${`${ago} ${unit}s`}::interval as d) x`;
  await t.sql.begin(async (tx) => {
    await tx`set local role vigil_owner`;
    const statements =
      await tx`select partition_statements(row(${parent}::text, ${parent}::text, ${made!.name}::text,
      ${made!.from}::timestamptz, ${made!.to}::timestamptz,
      format('FOR VALUES FROM (%L) TO (%L)', ${made!.from}::text, ${made!.to}::text),
      (select split from partitioned_tables() p where p.parent = ${parent}),
      (select key_column from partitioned_tables() p where p.parent = ${parent}), false)::v_missing_partitions) as text`;
    for (const statement of statements) await tx.unsafe(statement.text);
  });
  return made as unknown as { name: string; from: string; to: string };
};
const makeDay = (parent: 'api_usage' | 'system_metrics', daysAgo: number) =>
  makePartition(parent, 'day', daysAgo);

beforeEach(async () => {
  await t.sql`truncate job_runs, job_marks, partition_holds, system_metrics_daily`;
});

describe('partitions that have passed their time', () => {
  test('api_usage goes by day, after as many days as the setting says', async () => {
    await keep('retention.api_usage_days', 10);
    const [gone, kept] = [await makeDay('api_usage', 11), await makeDay('api_usage', 10)];
    await t.sql`insert into api_usage (endpoint, method, timestamp) values ('/x', 'GET', ${gone.from}), ('/x', 'GET', ${kept.from})`;
    expect(await dropAll()).toEqual([`detached ${gone.name}`, `dropped ${gone.name}_expired`]);
    expect(await partitions('api_usage')).toContain(kept.name);
    const rows = await t.sql`select 1 from api_usage where timestamp < now() - interval '5 days'`;
    expect(rows).toHaveLength(1);
    const [audit] =
      await t.sql`select action, resource_id, actor_name from audit_trail order by id desc limit 1`;
    expect(audit).toEqual({
      action: 'partition:expire',
      resource_id: gone.name,
      actor_name: 'drop-expired-partitions',
    });
  });

  test('system_metrics goes by day with its hours, and not before it is rolled up', async () => {
    const gone = await makeDay('system_metrics', 8);
    await t.sql`insert into system_metrics (metric_name, metric_value, labels, timestamp)
      select 'm', i, jsonb_build_object('process', p), ${gone.from}::timestamptz + make_interval(mins => i)
      from generate_series(1, 600) i, unnest(array['web', 'worker']) p`;
    await t.sql`insert into system_metrics (metric_name, metric_value, timestamp) values ('m', 7, ${gone.from})`;
    expect(await dropAll()).toEqual([`dropped ${gone.name}`]);
    expect(await t.sql`select 1 from pg_class where relname like ${`${gone.name}%`}`).toHaveLength(0);
    const daily = await t.sql`select day::text, labels, samples, mean_value, min_value, max_value
      from system_metrics_daily where metric_name = 'm' order by labels ->> 'process' nulls first`;
    const day = gone.from.slice(0, 10);
    expect(daily).toEqual([
      { day, labels: {}, samples: 1, mean_value: 7, min_value: 7, max_value: 7 },
      ...['web', 'worker'].map((process) => ({
        day,
        labels: { process },
        samples: 600,
        mean_value: 300.5,
        min_value: 1,
        max_value: 600,
      })),
    ]);
  });

  test.each(['ml_features', 'model_predictions', 'rule_hits'])(
    '%s goes by month, unless the month is held',
    async (table) => {
      await keep('retention.features_months', 12);
      const [held, later, kept] = [
        await makePartition(table, 'month', 14),
        await makePartition(table, 'month', 13),
        await makePartition(table, 'month', 12),
      ];
      await t.sql`insert into partition_holds (month, reason, held_by) values (${held.from}, 'an import', 'someone')`;
      expect(await dropAll()).toEqual([]);
      await t.sql`update partition_holds set until = now()`;
      expect(await dropAll()).toEqual(
        [held, later].flatMap(({ name }) => [`detached ${name}`, `dropped ${name}_expired`]),
      );
      expect(await partitions(table)).toContain(kept.name);
      expect(await partitions(table)).not.toContain(later.name);
      await t.sql`select ensure_partitions()`;
      expect(await dropAll()).toEqual([]);
    },
  );

  test.each(['audit_trail', 'security_events'])('%s goes by month, after its own time', async (table) => {
    await keep('retention.features_months', 240);
    const gone = await makePartition(table, 'month', 85);
    const kept = await makePartition(table, 'month', 84);
    expect(await dropAll()).toEqual([`detached ${gone.name}`, `dropped ${gone.name}_expired`]);
    expect(await partitions(table)).toContain(kept.name);
  });

  test('a table in use makes the run go on to the next, and is tried again', async () => {
    await keep('retention.features_months', 240);
    const [busy, free] = [await makeDay('api_usage', 20), await makeDay('system_metrics', 9)];
    const reader = connect(t.urls.worker!, { max: 1, name: 'reader-test' });
    await reader.begin(async (tx) => {
      await tx`select count(*) from api_usage`;
      const asked = Date.now();
      expect(await run('drop-expired-partitions')).toMatchObject({
        status: 'ok',
        detail: { dropped: free.name },
      });
      expect(Date.now() - asked).toBeLessThan(1_500);
      expect(await run('drop-expired-partitions')).toMatchObject({ rows: 0, detail: { busy: busy.name } });
    });
    await reader.end();
    expect(await dropAll()).toEqual([`detached ${busy.name}`, `dropped ${busy.name}_expired`]);
  });

  test('a setting that cannot be read keeps the usual time', async () => {
    const kept = await makeDay('api_usage', 60);
    for (const broken of [0, -1, 'x', null, { days: 1 }, 1.5]) {
      await keep('retention.api_usage_days', broken);
      expect(await dropAll()).toEqual([]);
    }
    expect(await partitions('api_usage')).toContain(kept.name);
    await keep('retention.api_usage_days', 90);
  });
});

describe('rows that have passed their time', () => {
  const payment = (id: string, status: string, days: number) =>
    t.sql`insert into transaction_stream (transaction_id, raw_data, processing_status, payload_hash, received_at, processed_at)
      values (${id}, '{}', ${status}, ${'0'.repeat(64)}, now() - make_interval(days => ${days}),
        ${status === 'DONE' ? t.sql`now() - make_interval(days => ${days})` : null})`;

  test('transaction_stream: answered ones go, those that wait or are dead stay, however old', async () => {
    await keep('retention.stream_days', 30);
    await payment('old', 'DONE', 31);
    await payment('new', 'DONE', 29);
    for (const status of ['PENDING', 'FAILED', 'DEAD']) await payment(status, status, 400);
    await t.sql`insert into transaction_stream (transaction_id, raw_data, processing_status, payload_hash, received_at, processed_at, discard_reason)
      values ('given up', '{}', 'DISCARDED', ${'0'.repeat(64)}, now() - interval '50 days', now() - interval '31 days', 'a reason')`;
    await t.sql`insert into transaction_stream (transaction_id, raw_data, processing_status, payload_hash, received_at, processed_at)
      values ('late', '{}', 'DONE', ${'0'.repeat(64)}, now() - interval '40 days', now())`;
    expect(await run('delete-expired-rows')).toMatchObject({ rows: 2, detail: { transaction_stream: 2 } });
    const rows = await t.sql`select transaction_id as id from transaction_stream order by 1`;
    expect(rows.map((row) => row.id)).toEqual(['DEAD', 'FAILED', 'late', 'new', 'PENDING'].sort());
  });

  test('in blocks, a bounded time a run, passing over what somebody holds', async () => {
    await t.sql`truncate transaction_stream`;
    await t.sql`insert into transaction_stream (transaction_id, raw_data, processing_status, payload_hash, received_at, processed_at)
      select 'n' || i, '{}', 'DONE', repeat('0', 64), now() - interval '50 days', now() - interval '50 days' from generate_series(1, 40000) i`;
    await t.sql.begin(async (tx) => {
      await tx`select 1 from transaction_stream where transaction_id = 'n1' for update`;
      let left = true;
      for (let i = 0; left && i < 100; i += 1) {
        const asked = Date.now();
        const { rows, detail } = await run('delete-expired-rows');
        expect(Date.now() - asked).toBeLessThan(3_000);
        expect(rows).toBeGreaterThan(0);
        left = detail['transaction_stream left'] === true;
      }
      expect(await t.sql`select transaction_id as id from transaction_stream`).toEqual([{ id: 'n1' }]);
    });
    expect(await run('delete-expired-rows')).toMatchObject({ rows: 1 });
  });

  test('feature_cache: sums that have expired', async () => {
    await t.sql`insert into feature_cache (cache_key, feature_data, expires_at) values
      ('gone', '{}', now() - interval '1 second'), ('kept', '{}', now() + interval '1 hour')`;
    expect(await run('delete-expired-rows')).toMatchObject({ detail: { feature_cache: 1 } });
    expect(await t.sql`select cache_key from feature_cache`).toEqual([{ cache_key: 'kept' }]);
  });

  test('model_drift: days past the time of features', async () => {
    await keep('retention.features_months', 2);
    await t.sql`insert into model_drift (model_name, model_version, day, feature, payments, counts) values
      ('m', '1', (now() - interval '2 months 2 days')::date, 'score', 0, '{}'),
      ('m', '1', (now() - interval '1 month')::date, 'score', 0, '{}')`;
    expect(await run('delete-expired-rows')).toMatchObject({ detail: { model_drift: 1 } });
    expect(await t.sql`select 1 from model_drift`).toHaveLength(1);
    await keep('retention.features_months', 36);
  });

  test('job_runs: its own growth, never a run that waits or goes on', async () => {
    await keep('retention.job_runs_days', 30);
    await t.sql`insert into job_runs (job_name, started_at, status, started_by) values
      ('x', now() - interval '31 days', 'ok', 'worker'), ('x', now() - interval '31 days', 'missed', 'worker'),
      ('x', now() - interval '29 days', 'ok', 'worker'), ('x', now() - interval '31 days', 'running', 'worker'),
      ('x', now() - interval '31 days', 'waiting', 'someone')`;
    expect(await run('delete-expired-rows')).toMatchObject({ detail: { job_runs: 2 } });
    const rows = await t.sql`select status from job_runs where job_name = 'x' order by status`;
    expect(rows.map((row) => row.status)).toEqual(['ok', 'running', 'waiting']);
  });
});

describe('the roll-up of measurements', () => {
  test('takes every closed day since the last one, once, and leaves today', async () => {
    const days = [await makeDay('system_metrics', 3), await makeDay('system_metrics', 2)];
    for (const { from } of days)
      await t.sql`insert into system_metrics (metric_name, metric_value, timestamp) values ('r', 4, ${from}), ('r', 8, ${from})`;
    await t.sql`insert into system_metrics (metric_name, metric_value) values ('r', 100)`;
    const [oldest] = await t.sql`select min(timestamp)::date::text as day from system_metrics`;
    const first = await run('roll-up-metrics');
    expect(first).toMatchObject({ status: 'ok' });
    expect(oldest!.day <= days[0]!.from.slice(0, 10)).toBe(true);
    const rows =
      await t.sql`select day::text, samples, mean_value from system_metrics_daily where metric_name = 'r' order by day`;
    expect(rows).toEqual(days.map(({ from }) => ({ day: from.slice(0, 10), samples: 2, mean_value: 6 })));
    expect(await run('roll-up-metrics')).toMatchObject({ rows: 0, detail: { days: 0 } });
  });

  test('a sample that came after the roll-up is in it when the day goes', async () => {
    const day = await makeDay('system_metrics', 10);
    await t.sql`insert into system_metrics (metric_name, metric_value, timestamp) values ('late', 2, ${day.from})`;
    await run('roll-up-metrics');
    await t.sql`insert into system_metrics (metric_name, metric_value, timestamp) values ('late', 4, ${day.from})`;
    await dropAll();
    const rows = await t.sql`select samples, mean_value from system_metrics_daily where metric_name = 'late'`;
    expect(rows).toEqual([{ samples: 2, mean_value: 3 }]);
  });

  test('days of it go after their own time', async () => {
    await t.sql`insert into system_metrics_daily (day, metric_name, samples, mean_value, min_value, max_value) values
      ((now() - interval '37 months')::date, 'old', 1, 1, 1, 1), ((now() - interval '35 months')::date, 'old', 1, 1, 1, 1)`;
    await run('roll-up-metrics');
    expect(await t.sql`select 1 from system_metrics_daily where metric_name = 'old'`).toHaveLength(1);
  });
});

test('the planner learns of a partitioned table as a whole, when it has changed', async () => {
  const known = async () =>
    (
      await t.sql`select c.relname as name, c.reltuples::int as rows from pg_class c where c.relname = 'api_usage'`
    )[0];
  await t.sql`truncate api_usage`;
  await t.sql`insert into api_usage (endpoint, method) select '/x' || i % 7, 'GET' from generate_series(1, 3000) i`;
  await t.sql`analyze`;
  await t.sql`insert into api_usage (endpoint, method) select '/x' || i % 7, 'GET' from generate_series(1, 3000) i`;
  for (const leaf of await partitions('api_usage')) await t.sql.unsafe(`analyze ${leaf}`);
  expect(await known()).toEqual({ name: 'api_usage', rows: 3000 });
  const tables: unknown[] = [];
  for (let i = 0; i < 12; i += 1) tables.push((await run('analyze-partitioned')).detail?.table);
  expect(tables).toContain('api_usage');
  expect(await known()).toEqual({ name: 'api_usage', rows: 6000 });
  expect(await run('analyze-partitioned')).toMatchObject({ status: 'ok', rows: 0 });
});

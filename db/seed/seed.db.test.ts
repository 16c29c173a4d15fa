import { expect, test } from 'vitest';
import { databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { roles } from '@/domain/access';
import { verifyPassword } from '@/domain/sessions/password';
import { seed } from '.';
import { seedHistory } from './history';
import { doubledCharges } from './report';
import { demoTraffic } from './simulator/demo';
import { seedStory } from './story';

const t = await testDatabase();

test('one person a role whose password works, and a key; a second run changes nothing', async () => {
  const first = await seed({ demo: true, known: null });
  expect(first.users.map(({ role }) => role).sort()).toEqual([...roles].sort());
  for (const { email, password } of first.users) {
    const [row] = await t.sql`select password_hash from console_users where email = ${email}`;
    expect(await verifyPassword(row?.password_hash, password)).toBe(true);
  }
  const audit =
    await t.sql`select action, count(*)::int as n from audit_trail where action like 'person:%' or action like 'api-key:%' group by 1 order by 1`;
  expect(audit.map(({ action, n }) => [action, n])).toEqual([
    ['api-key:create', 1],
    ['person:create-with-password', roles.length],
  ]);
  const before = await t.sql`select count(*)::int as n from audit_trail`;
  const again = await seed({ demo: true, known: { users: first.users, apiKey: first.apiKey! } });
  expect(again).toEqual({ ...first, made: [] });
  expect(await t.sql`select count(*)::int as n from audit_trail`).toEqual(before);
});

test('lost credentials: new passwords for the same people, the key nobody has is revoked', async () => {
  const lost = await seed({ demo: true, known: null });
  expect(lost.made).toEqual([`${roles.length} people`, 'an API key']);
  const keys = await t.sql`select revoked_at is null as live from api_keys order by id`;
  expect(keys.map(({ live }) => live)).toEqual([false, true]);
  expect((await t.sql`select count(*)::int as n from console_users`)[0]?.n).toBe(roles.length);
});

test('without the demo: one link for the first administrator, a new one each start until it was used', async () => {
  await t.sql`update console_users set role = 'auditor' where role = 'admin'`;
  const first = await seed({ demo: false, known: null });
  expect(first.users).toEqual([]);
  expect(first.apiKey).toBeNull();
  const second = await seed({ demo: false, known: null });
  expect(second.firstAdminPath).not.toBe(first.firstAdminPath);
  const open = await t.sql`select 1 from password_links where used_at is null`;
  expect(open).toHaveLength(1);
  await t.sql`update console_users set password_hash = 'x' where role = 'admin'`;
  expect((await seed({ demo: false, known: null })).firstAdminPath).toBeNull();
});

test('a new demo has a past with known frauds and work for everybody', async () => {
  const { users } = await seed({ demo: true, known: null });
  const begun = Date.now();
  // A whole day, so that the hour at which this runs makes no difference.
  const traffic = { ...demoTraffic(begun), customers: 400, perDay: 1200, fraudShare: 0.06 };
  const payments = await seedHistory({ hours: 24, begun, traffic });
  expect(payments).toBeGreaterThan(800);
  await seedStory(users);
  const [counts] =
    await t.sql`select count(*)::int as paid, count(*) filter (where decision = 'BLOCK')::int as blocked,
    count(*) filter (where is_fraud)::int as fraud, count(latency_ms)::int as timed from transactions`;
  expect(counts).toMatchObject({ paid: payments, timed: 0 });
  expect(counts?.blocked).toBeGreaterThan(5);
  expect(counts?.fraud).toBeGreaterThan(0);
  const alerts = await t.sql`select status, count(*)::int as n from fraud_alerts group by 1`;
  const waiting = new Map(alerts.map(({ status, n }) => [status, n]));
  expect(waiting.get('escalated')).toBe(2);
  expect(waiting.get('open')).toBeGreaterThan(3);
  const [rule] = await t.sql`select state, created_by from rule_versions where rule_name like 'Cards tried%'`;
  expect(rule?.state).toBe('draft');
  const [event] =
    await t.sql`select host(ip_address) as ip from security_events where event_type = 'login.new_device'`;
  expect(event?.ip).toBe('203.0.113.66');
  const waitsBeside = () =>
    t.sql`select name, beside from v_missing_partitions where parent = 'api_usage' order by from_at`;
  const days = [...(await waitsBeside())];
  expect(days.map(({ beside }) => beside)).toEqual([true, true]);
  // The job says so and leaves it to a person, who attaches them by one button.
  await t.sql`select run_ensure_partitions()`;
  const [job] = await t.sql`select status, error_message as why from job_runs order by id desc limit 1`;
  expect(job).toMatchObject({ status: 'failed', why: expect.stringContaining('beside api_usage, detached') });
  const [runway] = await t.sql`select extract(epoch from covered_until - now()) / 86400 as days
    from v_partition_runway where parent = 'api_usage'`;
  expect(Number(runway?.days)).toBeGreaterThan(0.9);
  expect(Number(runway?.days)).toBeLessThanOrEqual(2);
  await t.sql`select make_missing_partitions(null, null, true)`;
  expect(await waitsBeside()).toEqual([]);
  // The report that is slow can be asked as those who only read.
  t.connectAs('readonly', t.direct);
  expect((await databaseSql().unsafe(doubledCharges)).columns.map(({ name }) => name)).toContain(
    'charged_again',
  );
  t.connectAs('owner');
  // What is there stays as it is.
  expect(await seedHistory({ hours: 24, begun })).toBe(0);
});

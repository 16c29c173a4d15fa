import { beforeEach, describe, expect, test } from 'vitest';
import { databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { PersonActor } from '@/domain/actor';
import { checkHealth } from '../check-health';
import { checkDatabase } from '../commands';
import { databaseHealth } from '../queries';
import { groups } from './catalogue';
import { definitions } from './definitions';
import { passOf } from './testing';

const t = await testDatabase({ role: 'web' });
const operator: PersonActor = {
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: 'operator@example.test',
  name: 'Tomás Oliveira',
  role: 'db_operator',
  sessionId: 'a'.repeat(64),
  ip: '127.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
};
const readonly = { ...operator, role: 'auditor' as const };
const start = Date.now();
const at = (minutes: number) => new Date(start + minutes * 60_000);
const check = (now: Date) => t.sql.begin((tx) => checkHealth(tx, now));
const kept = async (name: string) => (await t.sql`select * from health_checks where name = ${name}`)[0];

beforeEach(async () => {
  await t.sql`truncate health_checks, system_metrics, job_runs`;
});

describe('a pass', () => {
  test('each check belongs to one group, and each group’s checks are defined', () => {
    const grouped = groups.flatMap(({ checks }) => checks);
    expect([...grouped].sort()).toEqual(definitions.map(({ name }) => name).sort() as string[]);
  });

  test.each(['web', 'worker'])(
    'as vigil_%s every group can be read, and nothing is ok unseen',
    async (role) => {
      t.connectAs(role);
      const { results } = await passOf();
      t.connectAs('web');
      expect(results.map(({ name }) => name)).toEqual(definitions.map(({ name }) => name));
      const failed = results.filter(({ reason }) => reason === 'failed' || reason === 'no_permission');
      expect(failed.map(({ name, facts }) => [name, facts])).toEqual([]);
      expect(results.filter(({ status, examined }) => status === 'ok' && examined < 1)).toEqual([]);
      expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(20);
    },
  );

  test('it changes nothing and leaves the transaction’s own limits as they were', async () => {
    const settings = await databaseSql().begin('read only', async (tx) => {
      await tx`select set_config('statement_timeout', '7s', true), set_config('lock_timeout', '6s', true)`;
      const { runChecks } = await import('./run-checks');
      await runChecks(tx);
      return tx`select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        pg_current_xact_id_if_assigned() as xid`;
    });
    expect(settings[0]).toEqual({ statement: '7s', lock: '6s', xid: null });
  });

  test('a lock in the way costs a tenth of a second and only the checks that need the table', async () => {
    const holder = await t.sql.reserve();
    await holder`begin`;
    await holder`lock table transaction_stream in access exclusive mode`;
    const began = Date.now();
    const { results } = await passOf();
    const seconds = (Date.now() - began) / 1000;
    await holder`rollback`;
    holder.release();
    const locked = results.filter(({ reason }) => reason === 'locked').map(({ name }) => name);
    expect(locked).toEqual(['streamLag', 'streamBacklog', 'deadLetters']);
    expect(seconds).toBeLessThan(10);
  });
});

describe('what is kept', () => {
  test('since when a check is red, what it was before and when it was well', async () => {
    await t.sql`create table quiet (id int)`;
    await check(at(-20));
    const well = await kept('autovacuumDisabled');
    expect(well).toMatchObject({ status: 'ok', value: 0, previous_status: null, last_good_value: 0 });
    await t.sql`alter table quiet set (autovacuum_enabled = false)`;
    await check(at(-10));
    await check(at(-1));
    const red = await kept('autovacuumDisabled');
    expect(red).toMatchObject({ status: 'warning', value: 1, previous_status: 'ok', last_good_value: 0 });
    expect(red?.since.getTime()).toBe(at(-10).getTime());
    expect(red?.last_good_at.getTime()).toBe(at(-20).getTime());
    expect(red?.checked_at.getTime()).toBe(at(-1).getTime());
    await t.sql`drop table quiet`;
    const health = await databaseHealth(operator, {});
    const shown = health.checks.find(({ name }) => name === 'autovacuumDisabled');
    expect(shown).toMatchObject({ status: 'warning', facts: { object: 'quiet' }, previousStatus: 'ok' });
    expect(shown?.evidence[0]?.[0]).toBe('quiet');
    expect(health.pass?.ms).toBeGreaterThan(0);
  });

  test('what changes slowly is read every five minutes, the rest each minute; its cost is a measurement', async () => {
    await check(at(-6));
    await check(at(-5));
    expect((await kept('unusedIndexes'))?.checked_at.getTime()).toBe(at(-6).getTime());
    expect((await kept('lockWaits'))?.checked_at.getTime()).toBe(at(-5).getTime());
    await check(at(-1));
    expect((await kept('unusedIndexes'))?.checked_at.getTime()).toBe(at(-1).getTime());
    const cost = await t.sql`select metric_value from system_metrics where metric_name = 'db.checks_ms'`;
    expect(cost).toHaveLength(3);
    expect(cost.every((row) => Number(row.metric_value) > 0)).toBe(true);
  });

  test('a pass that ended later than one that began after it does not take its word back', async () => {
    await check(at(-1));
    const before = await kept('connections');
    await check(at(-2));
    expect((await kept('connections'))?.checked_at).toEqual(before?.checked_at);
  });

  test('a check that is no more is forgotten', async () => {
    await t.sql`insert into health_checks (name, status, since, checked_at, result, group_name, group_ms)
      values ('gone', 'critical', now(), now(), '{}', 'old', 1)`;
    await check(at(0));
    expect(await kept('gone')).toBeUndefined();
  });
});

describe('checkDatabase', () => {
  test('runs every check now and stands in the audit trail', async () => {
    const result = await checkDatabase(operator, {});
    expect(result).toMatchObject({ ok: true, value: { ms: expect.any(Number) } });
    expect((await databaseHealth(operator, {})).checks).toHaveLength(definitions.length);
    const [row] =
      await t.sql`select new_values from audit_trail where action = 'database:check' order by id desc limit 1`;
    expect(row?.new_values).toMatchObject({ checks: definitions.length, changed: definitions.length });
  });

  test('is refused to those who only read', async () => {
    expect(await checkDatabase(readonly, {})).toMatchObject({ ok: false, error: { code: 'denied' } });
  });
});

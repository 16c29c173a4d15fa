import postgres from 'postgres';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { sampleHealth } from '@/domain/database/sample-health';
import { personOf } from '@/domain/testing';
import { dropSlot } from './commands';
import { analyticsServer, publication, replicationSeries, replicationSnapshot } from './queries';

// Without anybody who follows; a real standby and subscriber are in replication.stack.test.ts.
const t = await testDatabase({ role: 'web' });

const operator = personOf('db_operator');
const reason = 'its standby is gone for good';

// Slots belong to the whole server, on which other tests work too.
const mark = `drop_${Math.random().toString(36).slice(2, 10)}`;
const dropAll = () =>
  t.sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots
    where starts_with(slot_name, ${mark}) and not active`;
afterEach(async () => {
  t.connectAs('web');
  await dropAll();
});
afterAll(dropAll);

const physical = async (name: string) => {
  await t.sql`select pg_create_physical_replication_slot(${`${mark}_${name}`}, true)`;
  return find(name);
};
const logical = async (name: string) => {
  await t.sql`select pg_create_logical_replication_slot(${`${mark}_${name}`}, 'pgoutput')`;
  return find(name);
};
const find = async (name: string) => {
  const { slots } = await replicationSnapshot(operator, {});
  return slots.find((slot) => slot.slot === `${mark}_${name}`)!;
};
type Seen = Awaited<ReturnType<typeof find>>;
const guard = ({ slot, restartLsn, confirmedLsn }: Seen) => ({ slot, restartLsn, confirmedLsn, reason });
const isThere = async (name: string) =>
  (await t.sql`select from pg_replication_slots where slot_name = ${`${mark}_${name}`}`).length === 1;
const lastAudit = async () =>
  (
    await t.sql`select actor_name, resource_type, resource_id, outcome, reason, old_values, new_values from audit_trail
      where action = 'slot:drop' order by id desc limit 1`
  )[0];

/** None on a server of the tests' own, some on the stack. */
const followers = async () => (await t.sql`select from pg_stat_replication`).length;

describe('what is seen', () => {
  test('a primary: its settings, its publication and its archive, and no receiver that is not there', async () => {
    const { server, receivers, archiver } = await replicationSnapshot(operator, {});
    const published = await publication(operator, {});
    expect(server).toMatchObject({ role: 'primary', walLevel: 'logical', monitor: true });
    expect(server.maxSlots).toBeGreaterThan(0);
    expect(receivers).toHaveLength(await followers());
    expect(published).toMatchObject({ name: 'fraud_analytics', viaRoot: true, leftOut: [] });
    expect(published!.tables.map((table) => table.name)).toEqual([
      'fraud_patterns',
      'merchants',
      'ml_features',
      'transactions',
      'users',
    ]);
    const payments = published!.tables.find((table) => table.name === 'transactions')!;
    expect(payments).toMatchObject({ partitioned: true, published: true, withoutIdentity: 0 });
    expect(payments.partitions).toBeGreaterThanOrEqual(12);
    expect(['off', 'on', 'always']).toContain(archiver.mode);
    delete process.env.ANALYTICS_DATABASE_URL;
    expect(await analyticsServer(operator, {})).toMatchObject({ state: 'none', server: null });
  });

  test('a publication that is not whole: a table left out, partitions one by one, a table without a key', async () => {
    await t.sql`create table keyless (n int)`;
    try {
      await t.sql`alter publication fraud_analytics set table users, transactions, keyless`;
      await t.sql`alter publication fraud_analytics set (publish_via_partition_root = false, publish = 'insert, update')`;
      const published = await publication(operator, {});
      expect(published).toMatchObject({ viaRoot: false, leftOut: ['delete', 'truncate'] });
      const byName = new Map(published!.tables.map((table) => [table.name, table]));
      expect(byName.get('merchants')).toMatchObject({ published: false });
      expect(byName.get('users')).toMatchObject({ published: true, withoutIdentity: 0 });
      expect(byName.get('keyless')).toMatchObject({ published: true, withoutIdentity: 1 });
    } finally {
      await t.sql`alter publication fraud_analytics set table transactions, users, merchants, ml_features, fraud_patterns`;
      await t.sql`alter publication fraud_analytics set (publish_via_partition_root = true, publish = 'insert, update, delete, truncate')`;
      await t.sql`drop table keyless`;
    }
  });

  test('slots: whose, whether somebody reads them, what they keep, and so in the samples', async () => {
    await physical('standby');
    await logical('subscriber');
    await t.sql`select count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) from generate_series(1, 40)`;
    const [database] = await t.sql`select current_database() as name`;
    expect(await find('standby')).toMatchObject({ type: 'physical', active: false, database: null });
    const slot = await find('subscriber');
    expect(slot).toMatchObject({
      type: 'logical',
      kind: 'pgoutput',
      active: false,
      database: database!.name,
      cause: null,
    });
    expect(slot.retained).toBeGreaterThan(20_000_000);
    await t.sql.begin((tx) => sampleHealth(tx, new Date()));
    const { points } = await replicationSeries(operator, { range: '1h' });
    expect(points).toHaveLength(60);
    expect(points.at(-1)!.retained ?? points.at(-2)!.retained).toBeGreaterThan(20_000_000);
    const alone = points.every((point) => point.standbyLag === null && point.subscriberDelay === null);
    expect(alone).toBe((await followers()) === 0);
  });

  test('a login without pg_monitor is told that it may not see', async () => {
    t.connectAs('ingest');
    expect((await replicationSnapshot(operator, {})).server.monitor).toBe(false);
  });
});

describe('dropping a slot', () => {
  test.each([
    ['of a standby', physical],
    ['of a subscriber', logical],
  ])('that nobody reads, %s: it goes, and what it was is on record', async (_, make) => {
    const slot = await make('unread');
    expect(await dropSlot(operator, guard(slot))).toEqual({ ok: true, value: { outcome: 'done' } });
    expect(await isThere('unread')).toBe(false);
    const row = await lastAudit();
    expect(row).toMatchObject({
      actor_name: 'db_operator',
      resource_type: 'replication_slot',
      resource_id: slot.slot,
      outcome: 'success',
      reason,
      new_values: { outcome: 'done' },
    });
    expect(row!.old_values).toMatchObject({ type: slot.type, restartLsn: slot.restartLsn, active: false });
    // A second time there is nothing to do.
    expect(await dropSlot(operator, guard(slot))).toEqual({
      ok: true,
      value: { outcome: 'gone', reason: 'dropped' },
    });
    expect(await lastAudit()).toMatchObject({ outcome: 'failure' });
  });

  test('one that has moved on since it was looked at stays', async () => {
    const slot = await logical('moved');
    await t.sql`select pg_logical_emit_message(true, 'test', 'x')`;
    await t.sql`select pg_replication_slot_advance(${slot.slot}, pg_current_wal_lsn())`;
    expect(await dropSlot(operator, guard(slot))).toEqual({
      ok: true,
      value: { outcome: 'gone', reason: 'moved_on' },
    });
    expect(await isThere('moved')).toBe(true);
    expect(await dropSlot(operator, guard(await find('moved')))).toMatchObject({
      value: { outcome: 'done' },
    });
  });

  test('one of the same name that was made anew stays', async () => {
    const slot = await logical('anew');
    await t.sql`select pg_drop_replication_slot(${slot.slot})`;
    await t.sql`select pg_logical_emit_message(true, 'test', 'x')`;
    await logical('anew');
    expect(await dropSlot(operator, guard(slot))).toMatchObject({ value: { reason: 'moved_on' } });
    expect(await isThere('anew')).toBe(true);
  });

  test('one that somebody reads is left alone', async () => {
    const reader = postgres(t.url, { max: 1, onnotice: () => {} });
    try {
      // One for the length of a session belongs to that session.
      await reader`select pg_create_physical_replication_slot(${`${mark}_read`}, true, true)`;
      const slot = await find('read');
      expect(slot).toMatchObject({ active: true, temporary: true });
      expect(await dropSlot(operator, guard(slot))).toEqual({
        ok: true,
        value: { outcome: 'refused', reason: 'active' },
      });
      expect(await isThere('read')).toBe(true);
      expect(await lastAudit()).toMatchObject({ outcome: 'denied' });
    } finally {
      await reader.end();
    }
  });

  test('one of another database is left alone', async () => {
    const other = postgres(inject('testServer').admin, { max: 1, onnotice: () => {} });
    try {
      await other`select pg_create_logical_replication_slot(${`${mark}_other`}, 'pgoutput')`;
      expect(await dropSlot(operator, guard(await find('other')))).toMatchObject({
        value: { outcome: 'refused', reason: 'other_database' },
      });
      expect(await isThere('other')).toBe(true);
      await other`select pg_drop_replication_slot(${`${mark}_other`})`;
    } finally {
      await other.end();
    }
  });

  test('where the owner may not replicate, it says so and does nothing', async () => {
    const slot = await physical('kept');
    await t.sql`alter role vigil_owner noreplication`;
    try {
      expect(await dropSlot(operator, guard(slot))).toMatchObject({
        value: { outcome: 'refused', reason: 'not_granted' },
      });
      expect(await isThere('kept')).toBe(true);
    } finally {
      await t.sql`alter role vigil_owner replication`;
    }
  });

  test('who may not is refused, and no login of the product can do it past the function', async () => {
    const slot = await physical('guarded');
    for (const role of ['analyst', 'auditor', 'security_officer', 'data_scientist'] as const)
      expect(await dropSlot(personOf(role), guard(slot))).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
    const refused = async (role: string, statement: string) => {
      const sql = postgres(t.direct[role]!, { max: 1, fetch_types: false, onnotice: () => {} });
      try {
        return await sql.unsafe(statement).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        );
      } finally {
        await sql.end();
      }
    };
    for (const role of ['ingest', 'worker', 'readonly', 'planner'])
      expect(
        await refused(role, `select drop_unread_slot('${slot.slot}', '${slot.restartLsn}', null)`),
        role,
      ).toBe('42501');
    for (const role of ['web', 'ingest', 'worker', 'maintainer', 'readonly', 'planner'])
      expect(await refused(role, `select pg_drop_replication_slot('${slot.slot}')`), role).toBe('42501');
    const replicators = await t.sql`select rolname, rolcanlogin from pg_roles
      where rolreplication and rolname like 'vigil\\_%' and rolname <> 'vigil_replicator'`;
    expect([...replicators]).toEqual([{ rolname: 'vigil_owner', rolcanlogin: false }]);
    expect(await isThere('guarded')).toBe(true);
  });

  test('nothing is done without a reason, or for input that is not ours', async () => {
    const slot = await physical('stays');
    const wrong: Record<string, unknown>[] = [
      { reason: '  ' },
      { reason: undefined },
      { slot: '' },
      { slot: 'Big' },
      { slot: 'x'.repeat(64) },
      { slot: `${slot.slot}\0` },
      { slot: "x'); drop table users; --" },
      { slot: 7 },
      { restartLsn: undefined },
      { restartLsn: '' },
      { restartLsn: '0/0 or true' },
      { restartLsn: '123456789/0' },
      { restartLsn: 0 },
      { confirmedLsn: 'g/0' },
      { confirmedLsn: Number.NaN },
      { force: true },
    ];
    for (const part of wrong) {
      const input = { ...guard(slot), ...part } as Parameters<typeof dropSlot>[1];
      const answer = await dropSlot(operator, input);
      expect(answer, JSON.stringify(part)).toMatchObject({ ok: false, error: { code: 'invalid' } });
      if (!answer.ok)
        expect(answer.error.issues?.[0]?.field, JSON.stringify(part)).toBe(Object.keys(part)[0]);
    }
    expect(await isThere('stays')).toBe(true);
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 1, name: 'incident' });
const slot = `test_${Math.random().toString(36).slice(2)}`;
afterAll(async () => {
  await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${slot}`;
  await sql.end({ timeout: 2 });
});

const makeSlot = async () => {
  await sql`select pg_create_physical_replication_slot(${slot}, true)`;
  return () =>
    sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${slot}`;
};

describe('slots', () => {
  test('inactiveSlots: a slot that nobody reads, and how to let go of it', async () => {
    await scriptIncident({
      check: 'inactiveSlots',
      object: slot,
      sql: new RegExp(`pg_drop_replication_slot\\('${slot}'\\)`),
      // A server that was given to us may have no limit.
      also: ['slotLimit'],
      begin: makeSlot,
    });
  });

  test('retainedWal: what it keeps from being deleted', async () => {
    const drop = await makeSlot();
    // Others write on this server too, meanwhile.
    const usual = (await resultOf('retainedWal')).value ?? 0;
    await scriptIncident({
      check: 'retainedWal',
      limits: { retainedWal: { warning: usual + 60_000_000, critical: null } },
      object: slot,
      sql: new RegExp(`pg_drop_replication_slot\\('${slot}'\\)`),
      begin: async () => {
        await sql`select count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) from generate_series(1, 70)`;
        return drop;
      },
    });
  });
});

test('replicaIdentity: a published table in which a subscriber finds no row again', async () => {
  await sql`create table nameless (n int)`;
  await scriptIncident({
    check: 'replicaIdentity',
    object: 'nameless',
    sql: /ALTER TABLE nameless REPLICA IDENTITY FULL;/,
    begin: async () => {
      await sql`create publication of_nameless for table nameless`;
      return () => sql`drop publication of_nameless`;
    },
  });
});

test('archiver: the file that cannot be archived', async () => {
  const [server] =
    await sql`select current_setting('archive_mode') as mode, current_setting('data_directory') as dir`;
  if (server?.mode === 'off')
    return expect(await resultOf('archiver')).toMatchObject({ status: 'skipped', reason: 'switched_off' });
  await scriptIncident({
    check: 'archiver',
    object: /^[0-9A-F]{24}$/,
    begin: async () => {
      // The test server's archive_command looks for this file.
      const mark = path.join(server?.dir, 'archive-fails');
      fs.writeFileSync(mark, '');
      await sql`select pg_logical_emit_message(false, 'test', 'x')`;
      await sql`select pg_switch_wal()`;
      return async () => {
        fs.rmSync(mark);
        await sql`select pg_switch_wal()`;
      };
    },
  });
});

test('standbyLag and standbyDelay: nobody receives, so nothing is judged', async () => {
  const [there] = await sql`select count(*)::int as n from pg_stat_replication`;
  if (there?.n > 0) return;
  expect(await resultOf('standbyLag')).toMatchObject({ status: 'skipped', reason: 'none_there' });
  expect(await resultOf('standbyDelay')).toMatchObject({ status: 'skipped', reason: 'none_there' });
});

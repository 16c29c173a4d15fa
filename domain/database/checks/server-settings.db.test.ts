import { afterAll, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 1, name: 'incident' });
// A database's own settings reach new sessions only, so the check's sessions must be new, which those of a pooler are not.
const ofDatabase = async (name: string, value: string | null) => {
  const [row] = await sql`select current_database() as name`;
  await sql.unsafe(
    `alter database ${row?.name} ${value === null ? `reset ${name}` : `set ${name} = '${value}'`}`,
  );
  t.connectAs('web', t.direct);
};
const ofServer = async (name: string, value: string | null) => {
  await sql.unsafe(value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`);
  await sql`select pg_reload_conf()`;
};
afterAll(async () => {
  await sql`alter system reset autovacuum`;
  await sql`select pg_reload_conf()`;
  await sql.end({ timeout: 2 });
});

test('durability: what the test server gives up, and a database that gives up more', async () => {
  const [own] = await sql`select current_setting('fsync') as fsync`;
  const before = await resultOf('durability');
  expect(before.status).toBe(own?.fsync === 'off' ? 'critical' : 'ok');
  await ofDatabase('synchronous_commit', 'off');
  const found = await resultOf('durability');
  expect(found.evidence.map(([setting]) => setting)).toContain('synchronous_commit');
  expect(found.sql.join('\n')).toMatch(/ALTER SYSTEM SET synchronous_commit = 'on';/);
  expect(found.value).toBe((before.value ?? 0) + 1);
  await ofDatabase('synchronous_commit', null);
  expect((await resultOf('durability')).value).toBe(before.value);
});

test('autovacuumSettings: switched off for the whole server', async () => {
  await scriptIncident({
    check: 'autovacuumSettings',
    object: 'autovacuum',
    status: 'critical',
    sql: /ALTER SYSTEM SET autovacuum = 'on';/,
    begin: async () => {
      await ofServer('autovacuum', 'off');
      return () => ofServer('autovacuum', null);
    },
  });
});

test('observability: what the server does not measure', async () => {
  const before = (await resultOf('observability')).value ?? 0;
  await ofDatabase('track_io_timing', 'on');
  const on = await resultOf('observability');
  await ofDatabase('track_io_timing', 'off');
  const off = await resultOf('observability');
  expect(off.value).toBe((on.value ?? 0) + 1);
  expect(off.evidence.map(([setting]) => setting)).toContain('track_io_timing');
  await ofDatabase('track_io_timing', null);
  expect((await resultOf('observability')).value).toBe(before);
});

test('sharedLogin: all processes through one login', async () => {
  await scriptIncident({
    check: 'sharedLogin',
    object: 'vigil_web',
    begin: async () => {
      await sql`update server_capabilities set present = false where capability = 'roles'`;
      return () => sql`update server_capabilities set present = true where capability = 'roles'`;
    },
  });
  t.connectAs('owner');
  const found = await resultOf('sharedLogin');
  t.connectAs('web');
  expect(found.evidence[0]?.[1]).toBe('superuser');
});

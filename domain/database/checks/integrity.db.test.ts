import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 1, name: 'incident' });
afterAll(() => sql.end({ timeout: 2 }));

describe('sequences', () => {
  test('an integer key whose sequence is at 95 % of what the column takes', async () => {
    await sql`create table counted (id integer primary key, n text)`;
    await sql`create sequence counted_id_seq as bigint owned by counted.id`;
    await sql`grant usage on sequence counted_id_seq to public`;
    const found = await scriptIncident({
      check: 'sequences',
      object: 'counted_id_seq',
      sql: /ALTER TABLE counted ALTER COLUMN id TYPE bigint/,
      status: 'critical',
      begin: async () => {
        await sql`select setval('counted_id_seq', (2147483647 * 0.95)::bigint + 1)`;
        return () => sql`select setval('counted_id_seq', 1)`;
      },
    });
    expect(found.facts).toMatchObject({ column: 'counted.id', type: 'integer' });
    expect(found.evidence).toHaveLength(1);
  });

  test('an identity column that is widened as told is well again', async () => {
    await sql`create table narrow (id smallint generated always as identity)`;
    await sql`grant usage on sequence narrow_id_seq to public`;
    await sql`select setval('narrow_id_seq', 32000)`;
    const found = await resultOf('sequences');
    expect(found).toMatchObject({ status: 'critical', facts: { object: 'narrow_id_seq', left: 767 } });
    for (const statement of found.sql) await sql.unsafe(statement);
    expect((await resultOf('sequences')).status).toBe('ok');
  });
});

test('unvalidatedConstraints: the constraint, and the statement that checks it', async () => {
  await sql`create table promised (n int)`;
  const found = await scriptIncident({
    check: 'unvalidatedConstraints',
    object: 'promised_above_zero',
    sql: /ALTER TABLE promised VALIDATE CONSTRAINT promised_above_zero;/,
    begin: async () => {
      await sql`alter table promised add constraint promised_above_zero check (n > 0) not valid`;
      return () => sql`alter table promised validate constraint promised_above_zero`;
    },
  });
  expect(found.facts.table).toBe('promised');
});

test('collationVersions: an index in the order of a library that has been replaced', async () => {
  await sql`create table sorted (word text collate "en-x-icu")`;
  await sql`create index sorted_word_idx on sorted (word)`;
  await scriptIncident({
    check: 'collationVersions',
    object: 'en-x-icu',
    sql: /ALTER COLLATION "en-x-icu" REFRESH VERSION;/,
    status: 'critical',
    begin: async () => {
      await sql`update pg_collation set collversion = '1.0' where collname = 'en-x-icu'`;
      return () => sql`alter collation pg_catalog."en-x-icu" refresh version`;
    },
  });
  await sql`drop table sorted`;
  expect(await resultOf('collationVersions')).toMatchObject({ status: 'skipped', reason: 'none_there' });
});

test('extensionVersions: one left behind by an upgrade of the server', async () => {
  const [own] = await sql`select extversion as version from pg_extension where extname = 'plpgsql'`;
  await scriptIncident({
    check: 'extensionVersions',
    object: 'plpgsql',
    sql: /ALTER EXTENSION plpgsql UPDATE;/,
    begin: async () => {
      await sql`update pg_extension set extversion = '0.9' where extname = 'plpgsql'`;
      return () => sql`update pg_extension set extversion = ${own?.version} where extname = 'plpgsql'`;
    },
  });
});

test('foreignKeyIndexes: a key without an index on the side that points', async () => {
  await sql`create table pointed (id int primary key)`;
  await sql`create table pointing (id int primary key, a int, b int references pointed)`;
  await sql`create index pointing_a_b on pointing (a, b)`;
  await scriptIncident({
    check: 'foreignKeyIndexes',
    object: 'pointing_b_fkey',
    sql: /CREATE INDEX CONCURRENTLY ON pointing \(b\);/,
    also: ['staleStatistics'],
    begin: async () => {
      await sql`insert into pointed select generate_series(1, 2000)`;
      await sql`insert into pointing select n, n, n from generate_series(1, 2000) as n`;
      await sql`analyze pointing`;
      return () => sql`create index concurrently on pointing (b)`;
    },
  });
});

test('checksumFailures: a page that the disk gave back changed', async () => {
  const [server] =
    await sql`select current_setting('data_checksums') as checksums, current_setting('data_directory') as dir,
    current_database() as name, current_setting('server_version_num')::int as version`;
  if (server?.checksums === 'off')
    return expect(await resultOf('checksumFailures')).toMatchObject({
      status: 'skipped',
      reason: 'switched_off',
    });
  const admin = connect(t.url, { max: 1, name: 'incident' });
  await scriptIncident({
    check: 'checksumFailures',
    object: `${server?.name}_rotten`,
    status: 'critical',
    begin: async () => {
      const url = new URL(t.url);
      url.pathname = `/${server?.name}_rotten`;
      await admin.unsafe(`create database ${server?.name}_rotten template template0`);
      const inside = connect(url.href, { max: 1, name: 'incident' });
      await inside`create table rotten as select repeat('x', 100) as word from generate_series(1, 100)`;
      const [file] = await inside`select pg_relation_filepath('rotten') as path`;
      await inside`checkpoint`;
      await inside.end({ timeout: 2 });
      // The page leaves memory with its database's copy: read from the file again, it is not what was written.
      await admin.unsafe(
        `create database ${server?.name}_copy template ${server?.name}_rotten strategy file_copy`,
      );
      await admin.unsafe(`drop database ${server?.name}_rotten`);
      await admin.unsafe(`alter database ${server?.name}_copy rename to ${server?.name}_rotten`);
      const [place] = await admin`select oid from pg_database where datname = ${`${server?.name}_rotten`}`;
      const copy = path.join(
        String(server?.dir),
        'base',
        String(place?.oid),
        path.basename(String(file?.path)),
      );
      const handle = fs.openSync(copy, 'r+');
      fs.writeSync(handle, 'rot', 4000);
      fs.closeSync(handle);
      const reader = connect(url.href, { max: 1, name: 'incident' });
      await expect(reader`select count(*) from rotten`.then((rows) => rows)).rejects.toMatchObject({
        code: 'XX001',
      });
      await reader.end({ timeout: 2 });
      return () => admin.unsafe(`drop database ${server?.name}_rotten with (force)`);
    },
  });
  await admin.end({ timeout: 2 });
});

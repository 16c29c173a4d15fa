import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { closeDatabase, connect, database, setDatabase } from '@/db/client';
import { dumpSchema } from '@/db/dump-schema';
import { startEmbedded } from '@/db/embedded';
import { waitUntil } from '@/db/process-table';
import { testDatabase } from '@/db/testing';
import { lastBackup } from '@/domain/backups/last-backup';
import { startDebianPostgres } from '../checks/debian-postgres';
import { enter, furnish, payUntil, runCommand, sumsOf } from './backup-fixture';
import { readPartitions } from './catalog';
import { type Backup, makeBackup } from './make-backup';
import { openBackup } from './read-backup';
import { restoreBackup } from './restore-backup';

const t = await testDatabase();
const server = inject('testServer');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-backup-'));
const file = path.join(dir, 'whole.tar');
const admin = postgres(server.admin, { max: 1, onnotice: () => {} });
const env = { DATABASE_URL: t.url, VIGIL_DATA_DIR: dir };
const { passwordFile } = server;
const made: string[] = [];
const newName = () => {
  const name = `${server.template}_r${randomBytes(3).toString('hex')}`.slice(-40);
  made.push(name, `${name}_restoring`);
  return name;
};
const exists = async (name: string): Promise<boolean> =>
  (await admin`select 1 from pg_database where datname = ${name}`).length > 0;
const terminate = (name: string, application: string): void => {
  void admin`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${name} and application_name = ${application}`.execute();
};
const open = (name: string) => {
  const url = new URL(server.admin);
  url.pathname = `/${name}`;
  return postgres(url.href, { max: 2, onnotice: () => {} });
};
const structureOf = async (sql: postgres.Sql) => ({
  schema: await dumpSchema(sql),
  partitions: await readPartitions(sql),
  owners: [
    ...(await sql`select c.relname, c.relowner::regrole::text as owner, (select count(*)::int from pg_index i where i.indrelid = c.oid) as indexes
      from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relnamespace = 'public'::regnamespace order by 1`),
  ],
});

/** What the tables held at the moment of the backup. */
let sums: Record<string, string>;
let structure: Awaited<ReturnType<typeof structureOf>>;
let backup: Backup;

beforeAll(async () => {
  fs.copyFileSync(passwordFile, path.join(dir, 'roles.json'));
  await furnish(t.sql);
  const stop = new AbortController();
  t.connectAs('ingest');
  const paying = payUntil('meanwhile', stop.signal);
  await waitUntil(() => false, 300);
  const beside = postgres(t.url, { max: 1, onnotice: () => {} });
  backup = await makeBackup(t.url, file, {
    onSnapshot: async (snapshot) => {
      sums = await beside.begin('isolation level repeatable read read only', async (tx) => {
        await tx.unsafe(`set transaction snapshot '${snapshot}'`);
        return sumsOf(tx);
      });
    },
  });
  stop.abort();
  expect(await paying).toBeGreaterThan(5);
  await beside.end();
  structure = await structureOf(t.sql);
  t.connectAs('owner');
}, 240_000);

afterAll(async () => {
  for (const name of made) await admin.unsafe(`drop database if exists "${name}" with (force)`);
  await admin.end();
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('a backup', () => {
  it('is for its owner alone, has all rows of one moment and none that came while it was made', async () => {
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    const counted = Object.fromEntries(backup.manifest.tables.map(({ name, rows }) => [name, rows]));
    const expected = Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => [name, Number.parseInt(sum, 10)]),
    );
    expect(counted).toEqual(expected);
    expect(await sumsOf(t.sql)).not.toEqual(sums);
  });

  it('can be read with tar and gzip', async () => {
    const opened = await openBackup(file);
    const table = opened.manifest.tables.find(({ name }) => name === 'entity_lists')!;
    const text = [];
    for await (const part of opened.rowsOf(table)) text.push(part);
    expect(Buffer.concat(text).toString()).toContain('back\\\\slash \\\\N \\\\.');
    await opened.close();
  });

  it('leaves nothing behind when its connection is lost, or when it is stopped', async () => {
    const lost = path.join(dir, 'lost.tar');
    const end = () => terminate(new URL(t.url).pathname.slice(1), 'vigil-backup');
    await expect(makeBackup(t.url, lost, { onProgress: end })).rejects.toThrow();
    const stop = new AbortController();
    const stopped = makeBackup(t.url, lost, {
      onProgress: () => stop.abort(new Error('stopped')),
      signal: stop.signal,
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(fs.readdirSync(dir).filter((name) => name.startsWith('lost'))).toEqual([]);
  });

  it('killed, leaves no file of its name; the next one does not mind', async () => {
    const target = path.join(dir, 'killed.tar');
    const holder = postgres(t.url, { max: 1, onnotice: () => {} });
    await holder.begin(async (tx) => {
      await tx`lock table entity_lists in access exclusive mode`;
      const child = runCommand('backup', ['--to', target], env);
      const waits = async () =>
        (
          await admin`select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'vigil-backup'
            and datname = ${new URL(t.url).pathname.slice(1)}`
        ).length > 0;
      while (!(await waits())) await waitUntil(() => false, 100);
      child.kill('SIGKILL');
      await child.ended;
    });
    await holder.end();
    expect(fs.existsSync(target)).toBe(false);
    const again = runCommand('backup', ['--to', target, '--with-secrets'], env);
    expect(await again.ended, again.said()).toBe(0);
    expect(fs.existsSync(`${target}.part`)).toBe(false);
    const opened = await openBackup(target);
    expect(JSON.parse((await opened.member('secrets.json')).toString())).toEqual(
      JSON.parse(fs.readFileSync(path.join(dir, 'secrets.json'), 'utf8')),
    );
    await opened.close();
  }, 120_000);

  it('is on the record, where the health page can find it', async () => {
    const [row] = await t.sql`select actor_type, new_values from audit_trail where action = 'backup:make'`;
    expect(row).toMatchObject({
      actor_type: 'system',
      new_values: { file: path.join(dir, 'killed.tar'), withSecrets: true },
    });
    expect(await lastBackup(database())).toEqual({
      at: row!.new_values.madeAt,
      file: row!.new_values.file,
      bytes: row!.new_values.bytes,
    });
  });

  it('is never written over', async () => {
    await expect(makeBackup(t.url, file)).rejects.toThrow('is there already');
  });
});

describe('a file that is not whole', () => {
  const changed = (name: string, change: (bytes: Buffer) => Buffer): string => {
    const path_ = path.join(dir, name);
    fs.writeFileSync(path_, change(fs.readFileSync(file)));
    return path_;
  };
  const at = (bytes: Buffer, text: string) => bytes.lastIndexOf(text);

  it.each<[string, RegExp, (bytes: Buffer) => Buffer]>([
    ['cut', /it ends|no manifest/, (bytes) => bytes.subarray(0, bytes.length - 4096)],
    ['halved', /it ends/, (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['empty', /it ends too early/, () => Buffer.alloc(0)],
    ['text', /it is no tar/, () => Buffer.from('not a backup'.repeat(100))],
    ['foreign', /no manifest/, () => Buffer.alloc(1024)],
    [
      'bit',
      /tables\/.* is damaged/,
      (bytes) => {
        bytes[bytes.indexOf('copy.gz') + 512 + 20]! ^= 1;
        return bytes;
      },
    ],
    [
      'manifest',
      /its manifest is damaged/,
      (bytes) => {
        bytes[at(bytes, '"rows": ') + 8]! ^= 1;
        return bytes;
      },
    ],
  ])('%s is refused in words before anything is touched', async (name, words, change) => {
    const damaged = changed(`${name}.tar`, change);
    await expect(openBackup(damaged)).rejects.toThrow(words);
    await expect(openBackup(damaged)).rejects.toThrow('Nothing was changed');
  });

  it('says so on the command line too', async () => {
    const run = runCommand('restore', [path.join(dir, 'halved.tar')], env);
    expect(await run.ended).toBe(1);
    expect(run.said()).toContain('cannot be restored: it ends');
  });
});

describe('a restore', () => {
  const target = newName();

  it('never goes over what is there', async () => {
    const opened = await openBackup(file);
    const there = new URL(t.url).pathname.slice(1);
    await expect(restoreBackup(t.url, there, opened, { passwordFile })).rejects.toThrow('is not empty');
    await expect(restoreBackup(t.url, there, opened, { passwordFile, replace: true })).rejects.toThrow(
      'in use by',
    );
    expect(await exists(`${there}_restoring`)).toBe(false);
    await opened.close();
  });

  it('that is killed or loses its connection changes nothing that has a name', async () => {
    const child = runCommand('restore', [file, '--into', target], env);
    const half = `${target}_restoring`;
    const begun = async () => {
      if (!(await exists(half))) return false;
      const sql = open(half);
      const [row] = await sql`select to_regclass('public.api_usage') is not null as there`;
      await sql.end();
      return row!.there;
    };
    while (!(await begun())) await waitUntil(() => child.exitCode !== null, 100);
    child.kill('SIGKILL');
    await child.ended;
    expect(await exists(target)).toBe(false);
    const opened = await openBackup(file);
    await expect(
      restoreBackup(t.url, target, opened, {
        passwordFile,
        onProgress: (what) => what.startsWith('rows') && terminate(half, 'vigil-restore'),
      }),
    ).rejects.toThrow();
    expect(await exists(target)).toBe(false);
    await opened.close();
  }, 180_000);

  it('makes everything as it was: every row, the partitions, the archive, indexes, owners, rights', async () => {
    // An empty database of that name makes room.
    await admin.unsafe(`create database "${target}"`);
    const opened = await openBackup(file);
    const restored = await restoreBackup(t.url, target, opened, { passwordFile });
    await opened.close();
    expect(restored).toMatchObject({ migrated: 0, unknown: [], before: null, rows: backup.rows });
    expect(await exists(`${target}_restoring`)).toBe(false);
    const sql = open(target);
    expect(await sumsOf(sql)).toEqual(sums);
    expect(await structureOf(sql)).toEqual(structure);
    const [archived] = await sql`select count(*)::int as rows from transactions_archive`;
    expect(archived).toEqual({ rows: 40 });
    const [held] = await sql`select reason from partition_holds`;
    expect(held).toEqual({ reason: 'looked at again' });
    const [hours] =
      await sql`select sum(total_transactions)::int as payments from mv_fraud_dashboard_realtime`;
    expect(hours!.payments).toBeGreaterThanOrEqual(60);
    await sql.end();
  }, 240_000);

  it('gives a database that the product works on', async () => {
    const at = (role: 'web' | 'ingest') => {
      const url = new URL(server.roles[role]!);
      url.pathname = `/${target}`;
      setDatabase(connect(url.href, { max: 2, name: 'test' }));
    };
    at('web');
    expect(await enter()).toMatch(/^[\w-]{43}$/);
    await closeDatabase();
    at('ingest');
    expect(await payUntil('after', new AbortController().signal, 3)).toBe(3);
    await closeDatabase();
    t.connectAs('owner');
    const sql = open(target);
    const [similar] = await sql`select count(*)::int as rows from transactions x,
      nearest_transactions(x.transaction_id, x.transaction_timestamp) where x.transaction_id = 'after-0'`;
    expect(similar!.rows).toBeGreaterThan(0);
    await sql.end();
  }, 60_000);
});

describe('through the command', () => {
  it('an older backup is brought to today’s schema on an older server, and its sessions are over', async () => {
    const other = fs.existsSync('/usr/lib/postgresql/15/bin/postgres') && process.getuid?.() === 0;
    const elsewhere = other
      ? await startDebianPostgres(false)
      : await startEmbedded({ dir: path.join(dir, 'older'), version: 16, durable: false });
    try {
      const folder = path.join(dir, 'older-data');
      const url = new URL(elsewhere.url);
      url.pathname = '/fraud_detection';
      const opened = await openBackup(file);
      const migrationsFolder = oneMore(path.join(dir, 'drizzle'));
      const options = { passwordFile: path.join(folder, 'roles.json'), migrationsFolder };
      const restored = await restoreBackup(url.href, 'fraud_detection', opened, options);
      await opened.close();
      expect(restored.migrated).toBe(1);
      const newer = postgres(restored.url, { max: 1, onnotice: () => {} });
      const sizes = await newer`select distinct shoe_size from merchants`;
      expect(sizes).toEqual([{ shoe_size: 43 }]);
      await newer.end();

      const run = (...more: string[]) =>
        runCommand('restore', [file, ...more], { DATABASE_URL: url.href, VIGIL_DATA_DIR: folder });
      const again = run();
      expect(await again.ended).toBe(1);
      expect(again.said()).toContain('is not empty');
      const replaced = run('--replace');
      expect(await replaced.ended, replaced.said()).toBe(0);
      expect(replaced.said()).toMatch(/what was there is now fraud_detection_before_\d{12}/);
      expect(replaced.said()).toContain(`fraud_detection: ${backup.rows} rows`);
      const sql = postgres(url.href, { max: 1, onnotice: () => {} });
      const { user_sessions, ...rest } = withoutMonths(sums);
      expect(await sumsOf(sql)).toMatchObject(rest);
      const sessions = await sql`select distinct is_active from user_sessions`;
      expect(sessions).toEqual([{ is_active: false }]);
      const [audit] =
        await sql`select actor_type, new_values from audit_trail where action = 'backup:restore'`;
      expect(audit).toMatchObject({ actor_type: 'system', new_values: { file, sessionsEnded: 1 } });
      await sql.end();
    } finally {
      await elsewhere.stop();
    }
  }, 300_000);

  it('a backup of a newer Vigil is refused', async () => {
    const opened = await openBackup(file);
    opened.manifest.migrations.push('0'.repeat(64));
    await expect(restoreBackup(t.url, newName(), opened, { passwordFile })).rejects.toThrow(
      'newer or another Vigil',
    );
    await opened.close();
  });
});

/** The audit trail goes on in the restored database; its months are compared above. */
const withoutMonths = (all: Record<string, string>) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !/^audit_trail/.test(name)));

/** The migrations of today and one that is not there yet. */
function oneMore(folder: string): string {
  fs.cpSync('drizzle', folder, { recursive: true });
  const journalFile = path.join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(fs.readFileSync(journalFile, 'utf8'));
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1000, tag: '9999_one_more' });
  fs.writeFileSync(journalFile, JSON.stringify(journal));
  fs.writeFileSync(
    path.join(folder, '9999_one_more.sql'),
    'ALTER TABLE merchants ADD COLUMN shoe_size integer;--> statement-breakpoint\nUPDATE merchants SET shoe_size = 43;',
  );
  return folder;
}

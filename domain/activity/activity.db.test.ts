import { sql } from 'drizzle-orm';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { personOf } from '@/domain/testing';
import { cancelQuery, terminateSession } from './commands';
import type { TreeRow } from './lock-tree';
import { activitySnapshot, findSession } from './queries';
import { readSessions, type Session } from './sessions';

const t = await testDatabase({ role: 'web' });
const [{ major } = { major: 0 }] =
  await t.sql`select current_setting('server_version_num')::int / 10000 as major`;

const operator = personOf('db_operator');

const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to that');
};

const opened: Sql[] = [];
/** A connection of its own, of a role of the product, under a name to be found by. */
const client = (application: string, role = 'worker'): Sql => {
  const url = role === 'owner' ? t.url : t.direct[role]!;
  const options = { max: 1, fetch_types: false, onnotice: () => {} };
  const sql = postgres(url, { ...options, connection: { application_name: application } });
  opened.push(sql);
  return sql;
};
const endAll = async () => {
  // A server that works on a statement does not see that its client has gone.
  const theirs = t.sql`datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
    and application_name not in ('vigil-test', 'postgres.js')`;
  await t.sql`select pg_terminate_backend(pid) from pg_stat_activity where ${theirs}`;
  await until(async () =>
    (await t.sql`select from pg_stat_activity where ${theirs}`).length === 0 ? true : undefined,
  );
  await Promise.all(opened.splice(0).map((sql) => sql.end({ timeout: 0 })));
};
afterEach(endAll);
afterAll(endAll);

/** Begins a statement and lets it run; what it ends with is the answer. */
const ended = (work: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(work).then(
    () => 'ok',
    (error: { code?: string }) => String(error.code),
  );

const find = (application: string, state?: Session['state']): Promise<Session> =>
  until(async () => {
    const { sessions } = await activitySnapshot(operator, { application, ...(state ? { state } : {}) });
    return sessions[0];
  });

const guard = ({ pid, backendStart, queryStart }: Session, reason = 'it holds up the others') => ({
  pid,
  backendStart: backendStart!,
  queryStart,
  reason,
});

const lastAudit = async (action: string) => {
  const [row] =
    await t.sql`select actor_name, resource_type, resource_id, old_values, new_values, outcome, reason
    from audit_trail where action = ${action} order by id desc limit 1`;
  return row;
};
const audits = async () => Number((await t.sql`select count(*) from audit_trail`)[0]!.count);

describe('who is connected', () => {
  test('by state, role and application, against what is allowed', async () => {
    const idle = client('shown-idle');
    await idle`select 1`;
    const open = client('shown-open', 'ingest');
    await open.unsafe('begin');
    await open`select 2 as last_thing`;
    const active = client('shown-active');
    const sleeping = ended(active`select pg_sleep(60)`);
    await find('shown-active', 'active');
    const { connections, sessions } = await activitySnapshot(operator, {});
    const [server] = await t.sql`select current_setting('max_connections')::int as most`;
    expect(connections.limit).toBeLessThan(server!.most as number);
    expect(connections.used).toBeGreaterThanOrEqual(3);
    expect(connections.unseen).toBe(0);
    const groupOf = (application: string) =>
      connections.groups.find((group) => group.application === application);
    expect(groupOf('shown-idle')).toEqual({
      state: 'idle',
      role: 'vigil_worker',
      application: 'shown-idle',
      count: 1,
    });
    expect(groupOf('shown-open')).toMatchObject({ state: 'idle_in_transaction', role: 'vigil_ingest' });
    expect(groupOf('shown-active')).toMatchObject({ state: 'active' });
    const sum = Object.values(connections.byState).reduce((a, b) => a + b, 0);
    expect(connections.groups.reduce((total, group) => total + group.count, 0)).toBe(sum);

    // Those with an open transaction first, the oldest on top.
    const names = sessions.map((session) => session.application);
    expect(names.slice(0, 2)).toEqual(['shown-open', 'shown-active']);
    const found = sessions[0]!;
    expect(found.state).toBe('idle_in_transaction');
    expect(found.query).toContain('last_thing');
    expect(found.transactionSeconds).toBeGreaterThan(0);
    expect(found.querySeconds).toBeNull();
    expect(found.wait).toMatchObject({ type: 'Client', event: 'ClientRead' });
    if (major >= 17) expect(found.wait!.description).toMatch(/^Waiting to read data/);
    else expect(found.wait!.description).toBeNull();
    await endAll();
    await sleeping;
  });

  test('filters, and our own backend is not among them', async () => {
    await client('filter-a')`select 1`;
    const b = client('filter-b', 'ingest');
    await b.unsafe('begin; select 1');
    const applications = async (input: Parameters<typeof activitySnapshot>[1]) =>
      (await activitySnapshot(operator, input)).sessions.map((session) => session.application).sort();
    expect(await applications({ application: 'filter-a' })).toEqual(['filter-a']);
    expect(await applications({ role: 'vigil_ingest' })).toEqual(['filter-b']);
    expect(await applications({ state: 'idle_in_transaction' })).toEqual(['filter-b']);
    expect(await applications({ waiting: true })).toEqual([]);
    expect(await applications({ state: 'active' })).toEqual([]);
    const all = await activitySnapshot(operator, { background: true });
    expect(all.sessions.map((session) => session.backendType)).toContain('checkpointer');
    expect(all.sessions.find((session) => session.backendType === 'checkpointer')?.refusal).toBe(
      'background',
    );
  });

  test('no more than asked for, and how many there are', async () => {
    const many = Array.from({ length: 30 }, (_, i) => client(`many-${i}`));
    await Promise.all(many.map((sql) => sql`select 1`));
    const { sessions, found } = await activitySnapshot(operator, { role: 'vigil_worker' });
    expect([sessions.length, found]).toEqual([30, 30]);
    const where = sql`a.usename = 'vigil_worker'`;
    expect(await readSessions(database(), { version: 150_000, where, length: 100, limit: 12 })).toHaveLength(
      12,
    );
  });

  test('passwords are cut out of what they run', async () => {
    const sql = client('with-password', 'owner');
    await sql.unsafe("do $$ begin perform 'password ''hunter2'''; end $$; select 'password=hunter2'");
    expect((await find('with-password')).query).not.toContain('hunter2');
  });

  test('one session with its locks; a pid alone does not name it', async () => {
    const sql = client('with-locks');
    await sql.unsafe('begin; lock table transaction_stream in row exclusive mode');
    const session = await find('with-locks');
    const detail = await findSession(operator, { pid: session.pid, backendStart: session.backendStart! });
    expect(detail?.locks.rows[0]).toEqual({
      lockType: 'relation',
      mode: 'RowExclusiveLock',
      relation: 'transaction_stream',
      granted: true,
      count: 1,
    });
    const forged = session.backendStart!.replace(/\d{6}Z$/, '000000Z');
    expect(await findSession(operator, { pid: session.pid, backendStart: forged })).toBeNull();
  });

  test('a login that sees little counts what it does not see, and shows nobody’s text', async () => {
    const other = client('unseen', 'ingest');
    await other`select 'a secret of others'`;
    t.connectAs('readonly');
    const { connections, sessions } = await activitySnapshot(operator, { role: 'vigil_ingest' });
    t.connectAs('web');
    expect(connections.unseen).toBeGreaterThanOrEqual(1);
    expect(sessions.length).toBeGreaterThanOrEqual(1);
    expect(sessions.map((session) => session.query)).toEqual(sessions.map(() => null));
  });
});

describe('who waits for whom', () => {
  const drawn = async () => {
    const { locks } = await activitySnapshot(operator, {});
    const nameOf = (pid: number) => locks!.sessions.find((session) => session.pid === pid)?.application;
    return locks!.tree.rows
      .filter((row): row is TreeRow => row.kind === 'session')
      .map(
        (row) =>
          `${'  '.repeat(row.depth)}${nameOf(row.pid)}${row.again ? ' again' : ''} blocks ${row.blocks}${row.wait ? `, waits for ${row.wait.mode} on ${row.wait.relation}` : ''}`,
      );
  };
  const whenWaiting = async (count: number) =>
    until(async () => {
      const { locks } = await activitySnapshot(operator, {});
      return locks?.tree.waiting === count ? locks : undefined;
    });

  test('nobody', async () => {
    const { locks } = await activitySnapshot(operator, {});
    expect(locks).toEqual({ tree: { rows: [], more: 0, waiting: 0, roots: [] }, sessions: [] });
  });

  test('a chain of rows and, from a second root, a table: all parents, modes, tables', async () => {
    await t.sql`create table if not exists things (id int primary key, n int)`;
    await t.sql`grant all on things to vigil_worker`;
    await t.sql`insert into things values (1, 0), (2, 0) on conflict do nothing`;
    const first = client('root-rows');
    await first.unsafe('begin; update things set n = 1 where id = 1');
    const second = client('root-table');
    await second.unsafe('begin; lock table things in row share mode');
    const work = [];
    const middle = client('middle');
    await middle.unsafe('begin; update things set n = 2 where id = 2');
    work.push(ended(middle`update things set n = 2 where id = 1`));
    await whenWaiting(1);
    work.push(ended(client('end-of-chain')`update things set n = 3 where id = 2`));
    await whenWaiting(2);
    work.push(ended(client('drop-it', 'owner')`alter table things add column if not exists late int`));
    const locks = await whenWaiting(3);
    // The change of the table waits for everybody who has touched it.
    expect(await drawn()).toEqual([
      'root-rows blocks 3',
      '  middle blocks 2, waits for ShareLock on things',
      '    end-of-chain blocks 1, waits for ShareLock on things',
      '      drop-it blocks 0, waits for AccessExclusiveLock on things',
      '    drop-it again blocks 0, waits for AccessExclusiveLock on things',
      '  drop-it again blocks 0, waits for AccessExclusiveLock on things',
      'root-table blocks 1',
      '  drop-it again blocks 0, waits for AccessExclusiveLock on things',
    ]);
    expect(locks.tree.roots).toHaveLength(2);
    const dropper = await find('drop-it');
    const detail = await findSession(operator, {
      pid: dropper.pid,
      backendStart: dropper.backendStart!,
    });
    expect(detail?.blockedBy).toHaveLength(4);
    expect((await activitySnapshot(operator, { waiting: true })).sessions).toHaveLength(3);
    await endAll();
    await Promise.all(work);
  });

  test('a queue behind a change of a table is flat, and a prepared transaction has no session', async () => {
    const holder = client('holder');
    await holder.unsafe('begin; select from things');
    const work = [ended(client('changer', 'owner')`alter table things alter column n set default 1`)];
    await whenWaiting(1);
    for (let i = 0; i < 3; i += 1) work.push(ended(client('reader')`select from things`));
    await whenWaiting(4);
    expect(await drawn()).toEqual([
      'holder blocks 4',
      '  changer blocks 3, waits for AccessExclusiveLock on things',
      ...Array(3).fill('    reader blocks 0, waits for AccessShareLock on things'),
    ]);
    await endAll();
    await Promise.all(work);
    await client('prepares', 'owner').unsafe(`begin; lock table things; prepare transaction 'orphan'`);
    try {
      const behind = ended(client('behind-orphan')`select from things`);
      expect((await whenWaiting(1)).tree.roots).toEqual([0]);
      await t.sql.unsafe(`rollback prepared 'orphan'`);
      expect(await behind).toBe('ok');
    } finally {
      const left = await t.sql`select gid from pg_prepared_xacts where database = current_database()`;
      for (const { gid } of left) await t.sql.unsafe(`rollback prepared '${gid}'`);
    }
  });

  test('a view of the server that somebody has locked costs the tree, not the page', async () => {
    const holder = client('holder', 'owner');
    await holder.unsafe('begin; lock table things; lock table pg_catalog.pg_locks');
    const work = ended(client('waits')`select from things`);
    const { sessions, locks } = await until(async () => {
      const snapshot = await activitySnapshot(operator, {});
      return snapshot.connections.waiting > 0 ? snapshot : undefined;
    });
    expect(sessions.map((session) => session.application)).toContain('holder');
    expect(locks).toBeNull();
    await endAll();
    await work;
  });

  test('eighty in one queue', async () => {
    const holder = client('holder');
    await holder.unsafe('begin; lock table things');
    const work = Array.from({ length: 80 }, () => ended(client('queued')`update things set n = n + 1`));
    const { tree, sessions } = await whenWaiting(80);
    expect(tree.rows[0]).toMatchObject({ blocks: 80, depth: 0 });
    expect(tree.rows.at(-1)).toMatchObject({ kind: 'more', count: 55 });
    expect(sessions).toHaveLength(26);
    await endAll();
    await Promise.all(work);
  }, 120_000);
});

describe('cancel and terminate', () => {
  test('a query is cancelled by those who may, and its audit row says what it was', async () => {
    const sql = client('to-cancel');
    const work = ended(
      sql.unsafe(
        `select pg_sleep(60), 'password=hunter2' as ${'long_name_'.repeat(60).slice(0, 60)}, '${'x'.repeat(600)}'`,
      ),
    );
    const session = await find('to-cancel', 'active');
    expect(await cancelQuery(operator, guard(session))).toEqual({
      ok: true,
      value: { outcome: 'done', ended: true },
    });
    expect(await work).toBe('57014');
    const row = await lastAudit('activity:cancel');
    expect(row).toMatchObject({
      actor_name: 'db_operator',
      resource_type: 'database_session',
      resource_id: String(session.pid),
      outcome: 'success',
      reason: 'it holds up the others',
      new_values: { outcome: 'done', ended: true },
    });
    expect(row!.old_values).toMatchObject({
      role: 'vigil_worker',
      application: 'to-cancel',
      state: 'active',
      backendStart: session.backendStart,
      queryStart: session.queryStart,
    });
    const { query } = row!.old_values as { query: string };
    expect(query).toMatch(/^select pg_sleep\(60\)/);
    expect(query).not.toContain('hunter2');
    expect(query.length).toBeLessThanOrEqual(500);
    // The session stays.
    expect(await ended(sql`select 1`)).toBe('ok');
  });

  test('a session idle in a transaction is ended, and those behind it go on', async () => {
    await t.sql`create table if not exists things (id int primary key, n int)`;
    await t.sql`grant all on things to vigil_worker`;
    const holder = client('to-end');
    await holder.unsafe('begin; lock table things');
    const behind = ended(client('goes-on')`select from things`);
    await until(async () => (await activitySnapshot(operator, { waiting: true })).sessions[0]);
    const session = await find('to-end', 'idle_in_transaction');
    expect(await terminateSession(operator, guard(session))).toEqual({
      ok: true,
      value: { outcome: 'done', ended: true },
    });
    expect(await behind).toBe('ok');
    expect(await lastAudit('activity:terminate')).toMatchObject({
      outcome: 'success',
      old_values: { state: 'idle in transaction' },
    });
  });

  test('a pid that another session has by now, or a forged beginning of it, is refused', async () => {
    const before = client('same-pid');
    const work = ended(before`select pg_sleep(60)`);
    const session = await find('same-pid', 'active');
    const earlier = { ...session, backendStart: '2026-01-01T00:00:00.000000Z' };
    const later = {
      ...session,
      backendStart: session.backendStart!.replace(/(\d)Z$/, (_, digit) => `${(Number(digit) + 1) % 10}Z`),
    };
    for (const forged of [earlier, later])
      for (const command of [cancelQuery, terminateSession])
        expect(await command(operator, guard(forged))).toEqual({
          ok: true,
          value: { outcome: 'gone', reason: 'ended' },
        });
    // Nothing of the session that has the pid is told.
    const row = await lastAudit('activity:terminate');
    expect(row).toMatchObject({ outcome: 'failure', new_values: { outcome: 'gone', reason: 'ended' } });
    expect(Object.keys(row!.old_values as object).sort()).toEqual(['backendStart', 'queryStart']);
    expect((await find('same-pid', 'active')).pid).toBe(session.pid);
    await endAll();
    await work;
  });

  test('another query than the one that was looked at is left alone, also within a transaction that has read before', async () => {
    const sql = client('moves-on');
    await sql`select 1`;
    const looked = await find('moves-on', 'idle');
    const work = ended(sql`select pg_sleep(60)`);
    const now = await find('moves-on', 'active');
    for (const command of [cancelQuery, terminateSession])
      expect(await command(operator, guard(looked))).toEqual({
        ok: true,
        value: { outcome: 'gone', reason: 'moved_on' },
      });
    expect(await lastAudit('activity:cancel')).toMatchObject({ outcome: 'failure' });
    expect((await find('moves-on', 'active')).queryStart).toBe(now.queryStart);
    // What a transaction has read of pg_stat_activity it reads again: the function asks the server anew.
    const web = client('web-itself', 'web');
    const answer = await web.begin(async (tx) => {
      await tx`select count(*) from pg_stat_activity`;
      await cancelQuery(operator, guard(now));
      await work;
      const [row] =
        await tx`select signal_session('cancel', ${now.pid}, ${now.backendStart}::text::timestamptz,
        ${now.queryStart}::text::timestamptz) as answer`;
      return row!.answer as { outcome: string; reason: string };
    });
    expect(answer).toMatchObject({ outcome: 'gone', reason: 'finished' });
  });

  test('cancelling needs a query that runs; a session that has ended is gone', async () => {
    const sql = client('finished');
    await sql`select 1`;
    const session = await find('finished', 'idle');
    expect(await cancelQuery(operator, guard(session))).toEqual({
      ok: true,
      value: { outcome: 'gone', reason: 'finished' },
    });
    await sql.end({ timeout: 0 });
    await until(async () =>
      (await activitySnapshot(operator, { application: 'finished' })).found === 0 ? true : undefined,
    );
    expect(await terminateSession(operator, guard(session))).toEqual({
      ok: true,
      value: { outcome: 'gone', reason: 'ended' },
    });
  });

  test('superusers, the server’s own processes and other databases are left alone', async () => {
    const superuser = client('is-superuser', 'owner');
    const work = ended(superuser`select pg_sleep(60)`);
    const session = await find('is-superuser', 'active');
    expect(session.refusal).toBe('superuser');
    expect(await terminateSession(operator, guard(session))).toEqual({
      ok: true,
      value: { outcome: 'refused', reason: 'superuser' },
    });
    expect(await lastAudit('activity:terminate')).toMatchObject({ outcome: 'denied' });
    const { sessions } = await activitySnapshot(operator, { background: true });
    const checkpointer = sessions.find((one) => one.backendType === 'checkpointer')!;
    expect(await terminateSession(operator, guard(checkpointer))).toEqual({
      ok: true,
      value: { outcome: 'refused', reason: 'background' },
    });
    const url = new URL(t.direct.worker!);
    url.pathname = '/postgres';
    const elsewhere = postgres(url.href, {
      max: 1,
      onnotice: () => {},
      connection: { application_name: 'elsewhere' },
    });
    opened.push(elsewhere);
    const [own] =
      await elsewhere`select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as start
      from pg_stat_activity where pid = pg_backend_pid()`;
    const there = { pid: own!.pid as number, backendStart: own!.start as string, queryStart: null };
    expect(await terminateSession(operator, { ...there, reason: 'not ours' })).toEqual({
      ok: true,
      value: { outcome: 'refused', reason: 'other_database' },
    });
    expect(await ended(elsewhere`select 1`)).toBe('ok');
    await endAll();
    await work;
  });

  test('a walsender and the caller itself are left alone', async () => {
    const standby = postgres(t.url, {
      max: 1,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: 'standby', replication: 'database' },
    } as object);
    opened.push(standby);
    await standby.unsafe('IDENTIFY_SYSTEM').simple();
    const walsender = await until(async () =>
      (await activitySnapshot(operator, { background: true })).sessions.find(
        (one) => one.backendType === 'walsender' && one.application === 'standby',
      ),
    );
    expect(walsender.refusal).toBe('replication');
    expect(await terminateSession(operator, guard(walsender))).toEqual({
      ok: true,
      value: { outcome: 'refused', reason: 'replication' },
    });
    const web = client('itself', 'web');
    const [own] = await web`select signal_session('terminate', pid, backend_start, query_start) as answer
      from pg_stat_activity where pid = pg_backend_pid()`;
    expect(own!.answer).toMatchObject({ outcome: 'refused', reason: 'own' });
  });

  test('a role without the permission is refused, and so is every other login of the database', async () => {
    const sql = client('stays');
    await sql`select 1`;
    const session = await find('stays', 'idle');
    for (const role of ['analyst', 'auditor', 'security_officer', 'data_scientist'] as const) {
      for (const command of [cancelQuery, terminateSession])
        expect(await command(personOf(role), guard(session))).toMatchObject({
          ok: false,
          error: { code: 'denied' },
        });
    }
    for (const role of ['ingest', 'worker', 'readonly']) {
      const other = client('other-login', role);
      const call = `select signal_session('terminate', ${session.pid}, '${session.backendStart}', '${session.queryStart}')`;
      expect(await ended(other.unsafe(call)), role).toBe('42501');
    }
    const web = client('web-login', 'web');
    expect(await ended(web`select pg_terminate_backend(${session.pid})`)).toBe('42501');
    expect(await ended(sql`select 1`)).toBe('ok');
    const [owner] =
      await t.sql`select pg_get_userbyid(proowner) as name from pg_proc where proname = 'signal_session'`;
    expect(owner!.name).toBe('vigil_maintainer');
  });

  test('nothing is done without a reason, or for input that is not ours', async () => {
    const sql = client('stays');
    await sql`select 1`;
    const session = await find('stays');
    const before = await audits();
    const wrong: Record<string, unknown>[] = [
      { reason: '  ' },
      { reason: undefined },
      { pid: -1 },
      { pid: 1.5 },
      { pid: Number.NaN },
      { pid: '1' },
      { pid: 2 ** 31 },
      { backendStart: 'yesterday' },
      { backendStart: '2026-13-41T99:99:99.000000Z' },
      { backendStart: null },
      { queryStart: undefined },
      { queryStart: '\0' },
      { kind: 'terminate' },
    ];
    for (const change of wrong)
      expect(await terminateSession(operator, { ...guard(session), ...change } as never)).toMatchObject({
        ok: false,
        error: { code: 'invalid' },
      });
    expect(await audits()).toBe(before);
    expect(await ended(sql`select 1`)).toBe('ok');
  });
});

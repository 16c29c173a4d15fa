import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, inject, test } from 'vitest';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { systemActor } from '@/domain/actor';
import { cancelQuery, terminateSession } from './commands';
import { activitySnapshot } from './queries';

// A login that may not create roles: all processes use it, and it may signal its own sessions only.
const server = inject('testServer');
const admin = postgres(server.admin, { max: 1, onnotice: () => {} });
const name = `${server.template}_one_${randomBytes(4).toString('hex')}`;
const url = new URL(server.admin);
Object.assign(url, { username: name, password: 'one-login', pathname: `/${name}` });
const clients: postgres.Sql[] = [];
const client = (application: string, as: URL) => {
  const sql = postgres(as.href, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: application },
  });
  clients.push(sql);
  return sql;
};

afterAll(async () => {
  await closeDatabase();
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await Promise.all(clients.map((sql) => sql.end({ timeout: 0 })));
  await admin.unsafe(`drop role if exists ${name}`);
  await admin.end();
});

test('where roles could not be made, sessions of the one login can be cancelled and ended, and no others', async () => {
  await admin.unsafe(`create role ${name} login password 'one-login'`);
  await admin.unsafe(`create database ${name} owner ${name} template template0`);
  const { ownRoles } = await migrate(url.href, { passwordFile: server.passwordFile });
  expect(ownRoles).toBe(false);
  setDatabase(connect(url.href, { name: 'test' }));

  const actor = systemActor('test');
  const find = async (application: string) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const { sessions } = await activitySnapshot(actor, { application });
      if (sessions[0]) return sessions[0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no session ${application}`);
  };
  const guarded = async (application: string) => {
    const { pid, backendStart, queryStart } = await find(application);
    return { pid, backendStart: backendStart!, queryStart, reason: 'as a test' };
  };
  const done = { ok: true, value: { outcome: 'done', ended: true } };

  const own = client('own', url);
  const query = own`select pg_sleep(60)`.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );
  for (let asked = await guarded('own'); ; asked = await guarded('own')) {
    const answer = await cancelQuery(actor, asked);
    if (!answer.ok || answer.value.outcome === 'done') {
      expect(answer).toEqual(done);
      break;
    }
  }
  expect(await query).toBe('57014');
  expect(await terminateSession(actor, await guarded('own'))).toEqual(done);

  const others = new URL(server.roles.worker!);
  others.pathname = `/${name}`;
  await client('others', others)`select 1`;
  const there = await find('others');
  // What they are is not for this login to see, so nobody could say that it still is the same session.
  expect(there).toMatchObject({ backendStart: null, query: null, state: 'other', refusal: 'unseen' });
  await admin.unsafe(`grant pg_read_all_stats to ${name}`);
  const seen = await find('others');
  expect(seen).toMatchObject({ pid: there.pid, query: 'select 1', refusal: null });
  expect(await terminateSession(actor, await guarded('others'))).toEqual({
    ok: true,
    value: { outcome: 'refused', reason: 'not_granted' },
  });
  expect((await find('others')).pid).toBe(there.pid);
  const superuser = new URL(server.admin);
  superuser.pathname = `/${name}`;
  await client('superuser', superuser)`select 1`;
  expect((await find('superuser')).refusal).toBe('superuser');
  const trail = postgres(url.href, { max: 1, onnotice: () => {} });
  clients.push(trail);
  const rows = await trail`select outcome, new_values ->> 'reason' as reason from audit_trail
    where action = 'activity:terminate' order by id`;
  expect(rows.map((row) => [row.outcome, row.reason])).toEqual([
    ['success', null],
    ['denied', 'not_granted'],
  ]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doubledCharges } from '@/db/seed/report';
import { testDatabase } from '@/db/testing';
import type { PersonActor } from '@/domain/actor';
import { explainQuery } from './commands';
import { explainStatement, type Planned } from './explain';

const t = await testDatabase({ role: 'web' });
const [server] = await t.sql`select current_setting('server_version_num')::int as version`;
const generic = (server?.version ?? 0) >= 160_000;
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

beforeAll(async () => {
  process.env.VIGIL_PLANNER_DATABASE_URL = t.urls.planner;
});
afterAll(() => {
  delete process.env.VIGIL_PLANNER_DATABASE_URL;
});

const planOf = async (statement: string): Promise<Planned> => {
  const outcome = await explainStatement(statement);
  if (!outcome.planned) throw new Error(`no plan: ${outcome.reason} ${outcome.what}`);
  return outcome;
};

/** As pg_stat_statements writes a text down: constants are numbered. */
const asRecorded = (text: string): string => {
  let number = 0;
  return text.replace(/(?<=limit |< )[\d.]+|epoch(?= from)/g, () => {
    number += 1;
    return `$${number}`;
  });
};

describe('a plan', () => {
  test('of a statement with any values: a tree with costs and rows, as text and as JSON', async () => {
    const plan = await planOf(
      'select count(*), avg(amount) from transactions where merchant_id = $1 and transaction_timestamp > $2',
    );
    expect(plan.kind).toBe(generic ? 'generic' : 'emulated');
    expect(plan.tree.type).toBe('Aggregate');
    const append = plan.tree.children[0]!;
    expect(append.type).toMatch(/Append$/);
    expect(append.children.length).toBeGreaterThan(1);
    expect(append.children.length + append.hidden).toBeGreaterThanOrEqual(12);
    expect(
      append.children.every((node) => node.relation?.startsWith('transactions_y') && node.totalCost > 0),
    ).toBe(true);
    expect(plan.text).toContain('Aggregate');
    expect(plan.text).toContain('$1');
    expect(JSON.parse(plan.json)[0].Plan['Node Type']).toBe('Aggregate');
    const shares = (node: typeof plan.tree): number =>
      node.children.reduce((sum, child) => sum + shares(child), node.share);
    expect(shares(plan.tree)).toBeLessThanOrEqual(1.01);
  });

  test.each(
    [
      ['select', 'select alert_id from fraud_alerts where status = $1 order by sla_due_at limit $2'],
      ['with', 'with recent as (select id from job_runs where job_name = $1) select count(*) from recent'],
      ['values', 'values ($1::int), ($2)'],
      [
        'insert',
        'insert into query_stats (captured_at, query_id, role_name, calls, total_time_ms, rows, shared_blocks_hit, shared_blocks_read) values ($1,$2,$3,$4,$5,$6,$7,$8)',
      ],
      ['update', 'update job_runs set status = $1 where id = $2'],
      ['delete', 'delete from query_stats where captured_at < $1'],
      [
        'merge',
        'merge into query_texts t using (select $1::bigint as id) s on t.query_id = s.id when matched then update set seen_at = now()',
      ],
      [
        'an interval that the server wrote down unreadably',
        'select count(*) from job_runs where started_at > now() - interval $1',
      ],
      ['a field of a moment', 'select extract($1 from ended_at - started_at) from job_runs where id = $2'],
    ].map(([name, statement]) => [name!, statement!.replace('alert_id', 'id')]),
  )('of %s', async (_, statement) => {
    const plan = await planOf(statement);
    expect(plan.tree.totalCost).toBeGreaterThan(0);
  });

  test('of the demo’s slow report, whose joins say why', async () => {
    const plan = await planOf(asRecorded(doubledCharges));
    expect(plan.text).toContain('Nested Loop');
  });

  test('says which table it reads whole, once that table is large', async () => {
    await t.sql`create table wide as select n, n % 7 as m from generate_series(1, 150000) as n`;
    await t.sql`grant select on wide to vigil_planner`;
    await t.sql`analyze wide`;
    const plan = await planOf('select * from wide where m = $1');
    expect(plan.tree.warning).toMatchObject({ code: 'reads_all', table: 'wide', rows: 150_000 });
    expect(plan.tree.details).toContainEqual({ key: 'Filter', text: '(m = $1)' });
  });
});

describe('no plan', () => {
  test.each([
    ['two statements', 'select 1; drop table canary', 'not_plannable'],
    ['an end of the transaction in between', 'select 1; commit; delete from canary', 'not_plannable'],
    ['only an end of the transaction', 'commit', 'not_plannable'],
    ['EXPLAIN ANALYZE inside', 'explain analyze delete from canary', 'not_plannable'],
    ['options that would execute it', 'analyze delete from canary', 'not_plannable'],
    ['the end of our own options', ') select 1', 'not_plannable'],
    ['a block of code', 'do $$ begin delete from canary; end $$', 'not_plannable'],
    ['a procedure', 'call wipe()', 'not_plannable'],
    ['a copy to a program', "copy canary to program 'touch /tmp/never'", 'not_plannable'],
    ['a change of the schema', 'drop table canary', 'not_plannable'],
    ['a table made of a query', 'create table stolen as select * from canary', 'not_plannable'],
    ['a setting', 'set default_transaction_read_only = off', 'not_plannable'],
    ['another role', 'set role postgres', 'not_plannable'],
    ['an execution of what is prepared', 'execute vigil_plan', 'not_plannable'],
    ['a cursor', 'declare c cursor with hold for select 1', 'not_plannable'],
    ['a comment that is never closed', 'select 1 /* and', 'not_plannable'],
    ['a text that was cut', `select '${'x'.repeat(20_000)}'`, 'cut'],
    ['a table that is gone', 'select * from never_there where a = $1', 'gone'],
    ['secrets', 'select password_hash from console_users where email = $1', 'no_permission'],
    [
      'the audit trail’s writer',
      "select append_audit('user', $1, $2, $3, $4, $5, null, null, null, null, null, null, null, null)",
      'no_permission',
    ],
    ['a change that only the owner may make', 'truncate audit_trail', 'not_plannable'],
    ['a row of the audit trail', 'delete from audit_trail where id = $1', 'no_permission'],
    ['files of the server', "select pg_read_file('/etc/passwd')", 'no_permission'],
  ])('for %s', async (_, statement, reason) => {
    expect(await explainStatement(statement)).toMatchObject({ planned: false, reason });
  });

  test('without a login of its own, or with one that owns the tables', async () => {
    const planner = process.env.VIGIL_PLANNER_DATABASE_URL;
    delete process.env.VIGIL_PLANNER_DATABASE_URL;
    expect(await explainStatement('select 1')).toMatchObject({ reason: 'no_login' });
    process.env.VIGIL_PLANNER_DATABASE_URL = t.url;
    expect(await explainStatement('select 1')).toMatchObject({ reason: 'login_may_too_much' });
    process.env.VIGIL_PLANNER_DATABASE_URL = t.urls.maintainer;
    expect(await explainStatement('select 1')).toMatchObject({ reason: 'login_may_too_much' });
    process.env.VIGIL_PLANNER_DATABASE_URL = planner;
  });

  test('a table that is locked keeps nobody waiting', async () => {
    const holder = await t.sql.reserve();
    await holder`begin`;
    await holder`lock table merchants in access exclusive mode`;
    const began = Date.now();
    const outcome = await explainStatement('select * from merchants where merchant_id = $1');
    await holder`rollback`;
    holder.release();
    expect(outcome).toMatchObject({ reason: 'locked' });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

describe('nothing is executed', () => {
  /** Functions that lie about themselves: the planner evaluates immutable ones, and stable ones to estimate. */
  const liars = {
    writes: `insert into canary values (666)`,
    deletes: `delete from canary`,
    counts: `perform nextval('canary_id')`,
    resets: `perform setval('canary_id', 1)`,
    tells: `perform pg_notify('canary', 'sang')`,
    unlocks: `set local transaction_read_only = off; insert into canary values (667)`,
    writable: `perform set_config('transaction_read_only', 'off', false); insert into canary values (668)`,
    climbs: `perform set_config('role', 'postgres', false); insert into canary values (669)`,
    ends: `commit; insert into canary values (670)`,
    kills: `perform pg_terminate_backend(pid) from pg_stat_activity where usename = 'vigil_web'`,
    reads: `perform password_hash from console_users`,
    imports: `perform lo_create(4711)`,
    locks: `perform pg_advisory_lock(4711)`,
    sleeps: `perform pg_sleep(60)`,
  };

  beforeAll(async () => {
    await t.sql`create table canary (n int)`;
    await t.sql`insert into canary values (1), (2), (3)`;
    await t.sql`create sequence canary_id`;
    await t.sql`select setval('canary_id', 41)`;
    // As open as can be: what holds is the transaction and the login, not a grant that is missing.
    await t.sql`grant all on canary to public`;
    await t.sql`grant all on sequence canary_id to public`;
    for (const [name, body] of Object.entries(liars))
      for (const kind of ['immutable', 'stable'])
        await t.sql.unsafe(
          `create function ${kind}_${name}() returns int language plpgsql ${kind} as $$ begin ${body}; return 1; end $$`,
        );
    await t.sql.unsafe(
      `create function volatile_writes() returns int language plpgsql volatile as $$ begin insert into canary values (1); return 1; end $$`,
    );
  });

  const state = async () => {
    const [row] =
      await t.sql`select (select count(*)::int from canary) as rows, (select last_value::int from canary_id) as last,
      (select count(*)::int from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as locks,
      (select count(*)::int from pg_largeobject_metadata) as objects,
      (select count(*)::int from pg_stat_activity
        where usename = 'vigil_planner' and datname = current_database()) as sessions,
      (select count(*)::int from pg_class where relname = 'stolen') as stolen`;
    return row;
  };
  const clean = { rows: 3, last: 41, locks: 0, objects: 0, sessions: 0, stolen: 0 };

  const hostile = [
    ...Object.keys(liars).flatMap((name) =>
      ['immutable', 'stable'].flatMap((kind) => [
        `select ${kind}_${name}()`,
        `select * from canary where n = ${kind}_${name}()`,
      ]),
    ),
    'select volatile_writes()',
    'with gone as (delete from canary returning n) select * from gone',
    'with grown as (insert into canary values ($1) returning n) select * from grown',
    'delete from canary',
    'update canary set n = 0',
    'insert into canary select n from canary',
    "select nextval('canary_id')",
    "select setval('canary_id', 1)",
    'select pg_advisory_lock(1)',
    "select set_config('transaction_read_only', 'off', false)",
    'select * into stolen from canary',
    'select n from canary for update',
    'select 1; delete from canary',
    'commit; delete from canary',
    'explain analyze delete from canary',
  ];

  test.each(hostile)('%s', async (statement) => {
    const heard: string[] = [];
    const listener = await t.sql.listen('canary', (payload) => heard.push(payload));
    const began = Date.now();
    const outcome = await explainStatement(statement);
    expect(outcome.planned === true || outcome.reason.length > 0).toBe(true);
    expect(Date.now() - began).toBeLessThan(15_000);
    await expect.poll(state, { timeout: 10_000 }).toEqual(clean);
    await t.sql`select 1`;
    await listener.unlisten();
    expect(heard).toEqual([]);
  });
});

describe('explainQuery', () => {
  const keep = (id: number, text: string) =>
    t.sql`insert into query_texts (query_id, role_name, query_text, calls, total_time_ms, rows, shared_blocks_hit, shared_blocks_read, seen_at)
      values (${id}, 'vigil_web', ${text}, 1, 1, 1, 1, 1, now())`;

  test('takes a recorded query by its id and stands in the audit trail, with or without a plan', async () => {
    await keep(901, 'select * from merchants where merchant_id = $1');
    await keep(902, 'vacuum merchants');
    expect(await explainQuery(operator, { queryId: '901' })).toMatchObject({
      ok: true,
      value: { planned: true },
    });
    expect(await explainQuery(operator, { queryId: '902' })).toMatchObject({
      ok: true,
      value: { planned: false, reason: 'not_plannable' },
    });
    const rows =
      await t.sql`select resource_id, new_values from audit_trail where action = 'query:explain' order by id`;
    expect(rows.map((row) => [row.resource_id, row.new_values])).toEqual([
      ['901', { planned: true }],
      ['902', { planned: false, reason: 'not_plannable' }],
    ]);
  });

  test('never a text, and never an id that is not recorded', async () => {
    expect(await explainQuery(operator, { queryId: '903' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    for (const queryId of ['select 1', '1; drop table canary', '', '99999999999999999999', '901\u0000'])
      expect(await explainQuery(operator, { queryId })).toMatchObject({
        ok: false,
        error: { code: 'invalid', field: 'queryId' },
      });
    expect(await explainQuery({ ...operator, role: 'auditor' }, { queryId: '901' })).toMatchObject({
      ok: false,
      error: { code: 'denied' },
    });
  });
});

import type { TransactionSql } from 'postgres';
import { group } from './group';
import type { Cell, Reading } from './judge';

type Setting = { name: string; value: string; pending: boolean };

/** What must not be off, and what it costs when it is. */
const durable = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' } as const;
const vacuuming = { autovacuum: 'on', track_counts: 'on' } as const;

const readSettings = async (tx: TransactionSql): Promise<Map<string, Setting>> => {
  const rows = await tx`
    select /* vigil:sample */ name, coalesce(setting, '') as value,
      -- What the command line says stands whatever the file says, restart or not.
      pending_restart and source <> 'command line' as pending
    from pg_settings where pending_restart or name in ('fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum',
      'track_counts', 'track_io_timing', 'shared_preload_libraries', 'track_activities', 'compute_query_id')`;
  return new Map((rows as unknown as Setting[]).map((row) => [row.name, row]));
};

type Wrong = { setting: string; value: string; wanted: string };

const wrongOf = (settings: Map<string, Setting>, wanted: Record<string, string>): Wrong[] =>
  Object.entries(wanted).flatMap(([setting, want]) => {
    const value = settings.get(setting)?.value;
    // synchronous_commit has safe values besides `on`.
    const fine = value === want || (setting === 'synchronous_commit' && value !== 'off');
    return value === undefined || fine ? [] : [{ setting, value, wanted: want }];
  });

const cells = (wrong: Wrong[]): Cell[][] => wrong.map((one) => [one.setting, one.value, one.wanted]);
const change = (wrong: Wrong[]): string[] =>
  wrong.length === 0
    ? []
    : [
        ...wrong.map((one) => `ALTER SYSTEM SET ${one.setting} = '${one.wanted}';`),
        'SELECT pg_reload_conf();',
      ];

const durability = (settings: Map<string, Setting>): Reading => {
  const wrong = wrongOf(settings, durable);
  const loses = wrong.some((one) => one.setting !== 'synchronous_commit');
  return {
    value: wrong.length,
    examined: Object.keys(durable).length,
    atLeast: loses ? 'critical' : undefined,
    facts: { object: wrong[0]?.setting ?? '', settings: wrong.map((one) => one.setting).join(', ') },
    evidence: cells(wrong),
    sql: change(wrong),
  };
};

const autovacuum = (settings: Map<string, Setting>): Reading => {
  const wrong = wrongOf(settings, vacuuming);
  return {
    value: wrong.length,
    examined: Object.keys(vacuuming).length,
    facts: { object: wrong[0]?.setting ?? '' },
    evidence: cells(wrong),
    sql: change(wrong),
  };
};

/** What this console cannot show while the server does not count it. */
const observability = (settings: Map<string, Setting>, statements: boolean): Reading => {
  const wrong = wrongOf(settings, { track_io_timing: 'on', track_activities: 'on' });
  const libraries = settings.get('shared_preload_libraries')?.value ?? '';
  const missing: Wrong[] = statements
    ? []
    : [
        {
          setting: 'shared_preload_libraries',
          value: libraries,
          wanted: [libraries, 'pg_stat_statements'].filter(Boolean).join(','),
        },
      ];
  const all = [...missing, ...wrong];
  return {
    value: all.length,
    examined: 3,
    facts: { object: all[0]?.setting ?? '', settings: all.map((one) => one.setting).join(', ') },
    evidence: cells(all),
    sql: [
      ...missing.map(
        (one) => `ALTER SYSTEM SET ${one.setting} = '${one.wanted}'; -- takes effect at the next restart`,
      ),
      ...change(wrong),
    ],
  };
};

const pendingRestart = (settings: Map<string, Setting>, examined: number): Reading => {
  const waiting = [...settings.values()].filter((one) => one.pending);
  return {
    value: waiting.length,
    examined,
    facts: { object: waiting[0]?.name ?? '', settings: waiting.map((one) => one.name).join(', ') },
    evidence: waiting.map((one) => [one.name, one.value]),
  };
};

const sharedLogin = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ capability, present from server_capabilities where capability = 'roles'`;
  const [login] = await tx`
    select /* vigil:sample */ session_user::text as name, (select rolsuper from pg_roles where rolname = session_user) as super`;
  const wrong = [
    ...(rows[0]?.present === false ? [[login?.name, 'one_login']] : []),
    ...(login?.super ? [[login.name, 'superuser']] : []),
  ];
  return {
    value: wrong.length,
    examined: rows.length + 1,
    facts: { object: login?.name ?? '' },
    evidence: wrong,
  };
};

/** Settings that cost data, sight or sleep when they are wrong. */
export const settingChecks = group({
  name: 'settings',
  timeoutMs: 1_000,
  needsMonitor: true,
  checks: ['durability', 'autovacuumSettings', 'observability', 'pendingRestart', 'sharedLogin'],
  read: async (tx, server) => {
    const settings = await readSettings(tx);
    const [count] = await tx`select /* vigil:sample */ count(*)::int as examined from pg_settings`;
    return {
      durability: durability(settings),
      autovacuumSettings: autovacuum(settings),
      observability: observability(settings, server.statements),
      pendingRestart: pendingRestart(settings, Number(count?.examined)),
      sharedLogin: await sharedLogin(tx),
    };
  },
});

import type { Sql } from 'postgres';
import { connect } from '@/db/client';
import { ensureDatabase } from '@/db/migrate';
import { quoted } from './catalog';

/** A database that is being restored bears this comment, by which the next run knows what it may take away. */
const mark = 'half restored by Vigil';

const halfOf = (name: string): string => `${name}_restoring`.slice(-63);

const named = (url: string, name: string): string => {
  const there = new URL(url);
  there.pathname = `/${encodeURIComponent(name)}`;
  return there.href;
};

const onServer = async <T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> => {
  const sql = connect(named(url, 'postgres'), { max: 1, name: 'restore', prepare: false });
  return work(sql).finally(() => sql.end({ timeout: 5 }));
};

/** Whether a database of that name may become the restored one: it is not there, or nothing is in it. */
const findTarget = async (url: string, name: string): Promise<'absent' | 'empty' | 'in use'> => {
  const there = await onServer(url, async (sql) => {
    const [row] = await sql`select 1 from pg_database where datname = ${name}`;
    return row !== undefined;
  });
  if (!there) return 'absent';
  const sql = connect(named(url, name), { max: 1, name: 'restore', prepare: false });
  try {
    const [row] =
      await sql`select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'm')
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')) as used`;
    return row?.used ? 'in use' : 'empty';
  } finally {
    await sql.end({ timeout: 5 });
  }
};

/** Makes an empty database beside the target; one that an earlier run left half done goes first. */
export const makeHalf = async (url: string, name: string): Promise<string> => {
  const half = halfOf(name);
  await onServer(url, async (sql) => {
    const [left] =
      await sql`select shobj_description(oid, 'pg_database') as comment from pg_database where datname = ${half}`;
    if (left && left.comment !== mark)
      throw new Error(`there is a database ${half} that no restore has made: rename or drop it first`);
    if (left) await sql.unsafe(`drop database ${quoted(half)} with (force)`);
    await ensureDatabase(named(url, 'postgres'), half);
    await sql.unsafe(`comment on database ${quoted(half)} is '${mark}'`);
  });
  return named(url, half);
};

/** @throws unless the database may become the restored one, or be set aside for it */
export const refuseInUse = async (url: string, name: string, replace: boolean): Promise<void> => {
  if ((await findTarget(url, name)) !== 'in use') return;
  if (!replace)
    throw new Error(
      `the database ${name} is not empty: name another with --into, or let it be renamed with --replace. Nothing was changed.`,
    );
  await onServer(url, async (sql) => {
    const [row] = await sql`select count(*)::int as sessions from pg_stat_activity where datname = ${name}`;
    if (row!.sessions > 0)
      throw new Error(
        `the database ${name} is in use by ${row!.sessions} sessions: stop Vigil first. Nothing was changed.`,
      );
  });
};

const stamp = () => new Date().toISOString().slice(0, 16).replace(/\D/g, '');

/**
 * Gives the finished database its name. An empty one of that name makes room and leaves its owner; one with something in
 * it is renamed when that was asked for, else the restored one stays where it is.
 */
export const nameFinished = async (
  url: string,
  name: string,
  replace: boolean,
): Promise<{ finished: string; before: string | null }> => {
  const state = await findTarget(url, name);
  const half = halfOf(name);
  if (state === 'in use' && !replace)
    throw new Error(`the database ${name} has been filled meanwhile; what was restored is in ${half}`);
  const before = state === 'in use' ? `${name.slice(0, 40)}_before_${stamp()}` : null;
  await onServer(url, async (sql) => {
    let owner: string | null = null;
    if (state === 'empty') {
      const [row] =
        await sql`select pg_get_userbyid(datdba) as owner from pg_database where datname = ${name}`;
      owner = String(row!.owner);
      await sql.unsafe(`drop database ${quoted(name)}`);
    }
    await sql.begin(async (tx) => {
      if (before) await tx.unsafe(`alter database ${quoted(name)} rename to ${quoted(before)}`);
      await tx.unsafe(`alter database ${quoted(half)} rename to ${quoted(name)}`);
    });
    await sql.unsafe(`comment on database ${quoted(name)} is null`);
    if (owner) await sql.unsafe(`alter database ${quoted(name)} owner to ${quoted(owner)}`);
  });
  return { finished: named(url, name), before };
};

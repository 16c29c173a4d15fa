import type { Sql } from 'postgres';

/** What a server may have; each has a working substitute. */
export const capabilities = [
  'pg_stat_statements',
  'vector',
  'cube',
  'pg_trgm',
  'btree_gin',
  'pg_cron',
] as const;
export type Capability = (typeof capabilities)[number];
export type Found = Record<Capability, boolean>;

/** Creates every extension that the server offers and allows, and says which there are. */
export const findCapabilities = async (sql: Sql): Promise<Found> => {
  const offered = new Set(
    (await sql`select name from pg_available_extensions`).map((row) => row.name as string),
  );
  // A login without pg_read_all_settings does not see which libraries are loaded, but sees their settings.
  const [settings] = await sql`select
    (select setting from pg_settings where name = 'shared_preload_libraries') as libraries,
    current_setting('pg_stat_statements.max', true) is not null as has_statements,
    (select setting from pg_settings where name = 'cron.database_name') as cron_database, current_database() as name`;
  const loaded = (library: 'pg_stat_statements' | 'pg_cron') =>
    settings?.libraries === null
      ? library === 'pg_cron' || settings?.has_statements === true
      : String(settings?.libraries).includes(library);
  const usable = (name: Capability): boolean => {
    if (!offered.has(name)) return false;
    if (name === 'pg_stat_statements') return loaded(name);
    if (name === 'pg_cron') return loaded(name) && settings?.cron_database === settings?.name;
    return true;
  };
  const found = {} as Found;
  for (const name of capabilities) {
    found[name] = usable(name);
    if (!found[name]) continue;
    try {
      await sql.unsafe(`create extension if not exists ${name}`);
    } catch {
      const [row] = await sql`select count(*)::int as there from pg_extension where extname = ${name}`;
      found[name] = row?.there === 1;
    }
  }
  return found;
};

/** Which servers follow this one: a streaming standby, a subscriber of this database. */
export const findReplicas = async (sql: Sql): Promise<{ standby: boolean; subscriber: boolean }> => {
  const [row] = await sql`select
    exists (select from pg_stat_replication r where r.state is distinct from 'backup' and not exists
      (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')) as standby,
    exists (select from pg_replication_slots
      where slot_type = 'logical' and database = current_database() and not temporary) as subscriber`;
  return { standby: row?.standby === true, subscriber: row?.subscriber === true };
};

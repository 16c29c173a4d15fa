import type { Sql } from 'postgres';
import { connect } from '@/db/client';
import { type Migrated, migrate, migrationHashes } from '@/db/migrate';
import { ownerRole } from '@/db/roles';
import { type Deferred, deferIndexes } from './deferred-indexes';
import { loadTables } from './load-tables';
import { archivePartitions, makePartitions } from './partitions';
import type { OpenBackup } from './read-backup';
import { makeHalf, nameFinished, refuseInUse } from './target';

const loaders = 2;

export type RestoreOptions = {
  /** Where the passwords of the server's roles are kept (0600). */
  passwordFile: string;
  /** What is being done, and how much of it (0…1) where that is known. */
  onProgress?: (what: string, share: number | null) => void;
  migrationsFolder?: string;
  /** A database of that name with something in it gets another name instead of being refused. */
  replace?: boolean;
};
export type Restored = Migrated & {
  /** Ordered migrations that the backup had not had. */
  migrated: number;
  rows: number;
  /** Tables that are not Vigil's and were left out. */
  unknown: string[];
  /** What the database that was there is called now. */
  before: string | null;
};

/**
 * Makes the database `name` on the server of `url` what the backup shows, brought to today's schema. Works in a database
 * beside it, which gets the name when everything is there: a run that is killed has changed nothing, and the next one begins anew.
 * @param url a login that may create databases and roles, past any pooler
 * @throws Error when there is such a database with something in it, unless it is to be replaced
 */
export const restoreBackup = async (
  url: string,
  name: string,
  backup: OpenBackup,
  options: RestoreOptions,
): Promise<Restored> => {
  const tell = options.onProgress ?? (() => {});
  const { manifest } = backup;
  const ours = migrationHashes(options.migrationsFolder);
  if (manifest.migrations.length === 0 || manifest.migrations.some((hash, at) => hash !== ours[at]))
    throw new Error(
      'the backup is of a newer or another Vigil: restore it with the version that made it, or a later one',
    );
  await refuseInUse(url, name, options.replace ?? false);
  tell('making the tables', null);
  const half = await makeHalf(url, name);
  const { passwordFile, migrationsFolder } = options;
  const stage = { passwordFile, ...(migrationsFolder ? { migrationsFolder } : {}) };
  const { ownRoles } = await migrate(half, { ...stage, stopAfter: manifest.migrations.length });
  const hands = Array.from({ length: loaders }, () => openHand(half, ownRoles));
  let unknown: string[];
  try {
    unknown = await fill(hands, backup, tell);
  } finally {
    await Promise.all(hands.map((hand) => hand.end({ timeout: 5 })));
  }
  tell('bringing it to today’s schema', null);
  await migrate(half, stage);
  tell('statistics', null);
  await analyze(half);
  const { finished, before } = await nameFinished(url, name, options.replace ?? false);
  // Some objects depend on the database's name: pg_cron serves one alone.
  const migrated = await migrate(finished, stage);
  return {
    ...migrated,
    migrated: ours.length - manifest.migrations.length,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
    unknown,
    before,
  };
};

const openHand = (url: string, ownRoles: boolean): Sql =>
  connect(url, {
    max: 1,
    name: 'restore',
    prepare: false,
    lasting: true,
    session: {
      ...(ownRoles ? { role: ownerRole } : {}),
      statement_timeout: '0',
      lock_timeout: '0',
      maintenance_work_mem: '256MB',
    },
  });

/** Partitions, rows, then indexes over them, and what was archived to the archive. */
const fill = async (
  hands: readonly Sql[],
  backup: OpenBackup,
  tell: (what: string, share: number | null) => void,
): Promise<string[]> => {
  const sql = hands[0]!;
  const deferred = await deferIndexes(sql);
  await makePartitions(sql, backup.manifest.partitions);
  const unknown = await loadTables(hands, backup, ({ table, share }) => tell(`rows: ${table}`, share));
  await remake(hands, deferred, tell);
  await archivePartitions(sql, backup.manifest.partitions);
  for (const { name, last } of backup.manifest.sequences) {
    if (last === null) continue;
    await sql`select setval(c.oid, ${last}::text::bigint) from pg_class c
      where c.relkind = 'S' and c.relname = ${name} and c.relnamespace = 'public'::regnamespace`;
  }
  return unknown;
};

const remake = async (
  hands: readonly Sql[],
  deferred: Deferred,
  tell: (what: string, share: number | null) => void,
): Promise<void> => {
  const all = deferred.keys.length + deferred.indexes.flat().length + deferred.references.length;
  let made = 0;
  const make = async (hand: Sql, statement: string) => {
    await hand.unsafe(statement);
    made += 1;
    tell('indexes', made / all);
  };
  // Keys lock their table alone. Two hands at the indexes of one table could give two of a partition the same name.
  for (const statement of deferred.keys) await make(hands[0]!, statement);
  const queue = [...deferred.indexes];
  await Promise.all(
    hands.map(async (hand) => {
      for (let table = queue.shift(); table; table = queue.shift())
        for (const statement of table) await make(hand, statement);
    }),
  );
  for (const statement of [...deferred.references, ...deferred.triggers]) await make(hands[0]!, statement);
};

/** What the planner knows of the rows; the dashboard's sums were made over them with their view. */
const analyze = async (url: string): Promise<void> => {
  const sql = connect(url, { max: 1, name: 'restore', prepare: false, lasting: true });
  await sql.unsafe('analyze').finally(() => sql.end({ timeout: 5 }));
};

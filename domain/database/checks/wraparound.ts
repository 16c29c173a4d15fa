import type { TransactionSql } from 'postgres';
import { group, quoted } from './group';
import type { Cell, Reading } from './judge';

/** At 2³¹ old ids and new ones could no longer be told apart; the server stops writing before. */
const end = 2 ** 31;

type Aged = { kind: 'database' | 'table'; object: string; xids: number; examined: number };

const ofDatabases = async (tx: TransactionSql, multixact: boolean): Promise<Aged[]> => {
  const age = multixact ? tx`mxid_age(datminmxid)` : tx`age(datfrozenxid)`;
  const rows = await tx`
    select /* vigil:sample */ 'database' as kind, datname as object, ${age}::float8 as xids,
      count(*) over ()::int as examined
    from pg_database order by 3 desc limit 10`;
  return rows as unknown as Aged[];
};

/** Relkinds that have a frozen id of their own; a partitioned parent's is 0 and would look the oldest of all. */
const ofTables = async (tx: TransactionSql, multixact: boolean): Promise<Aged[]> => {
  const age = multixact ? tx`mxid_age(c.relminmxid)` : tx`age(c.relfrozenxid)`;
  const rows = await tx`
    select /* vigil:sample */ 'table' as kind,
      case when n.nspname = 'public' then '' else n.nspname || '.' end || c.relname as object, ${age}::float8 as xids
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm', 't') and ${multixact ? tx`c.relminmxid::text <> '0'` : tx`c.relfrozenxid::text <> '0'`}
    order by 3 desc limit 5`;
  return rows as unknown as Aged[];
};

const oldest = async (tx: TransactionSql, multixact: boolean, here: string): Promise<Reading> => {
  const databases = await ofDatabases(tx, multixact);
  const tables = await ofTables(tx, multixact);
  const worst = databases[0];
  const row = ({ kind, object, xids }: Aged): Cell[] => [kind, object, xids, (100 * xids) / end];
  const table = tables[0]?.object ?? '';
  return {
    value: worst?.xids ?? 0,
    examined: worst?.examined ?? 0,
    facts: {
      object: worst?.object ?? '',
      table,
      share: { value: (100 * (worst?.xids ?? 0)) / end, unit: 'percent' },
    },
    evidence: [...databases.slice(0, 5), ...tables].map(row),
    sql:
      worst?.object === here
        ? tables.map((one) => `VACUUM (FREEZE, VERBOSE) ${one.object.split('.').map(quoted).join('.')};`)
        : [`VACUUM (FREEZE); -- in the database ${quoted(worst?.object ?? '')}`],
  };
};

/** How near the end of transaction ids is: of the whole server, by database, with the oldest tables of this one. */
export const wraparoundChecks = group({
  name: 'wraparound',
  timeoutMs: 1_000,
  checks: ['transactionIdAge', 'multixactIdAge'],
  read: async (tx, server) => ({
    transactionIdAge: await oldest(tx, false, server.database),
    multixactIdAge: await oldest(tx, true, server.database),
  }),
});

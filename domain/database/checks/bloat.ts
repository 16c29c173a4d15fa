import { group, quoted } from './group';

/** Tables smaller than this (in pages of 8 kB) are not worth a look; of the rest the largest only. */
const smallestPages = 1280;
const mostTables = 50;

/**
 * Space in tables that rows do not need: pages less what the rows take by their mean widths. An estimate from
 * statistics, right to about a tenth, that reads no table.
 */
export const bloatChecks = group({
  name: 'bloat',
  timeoutMs: 5_000,
  slow: true,
  checks: ['tableBloat'],
  read: async (tx) => {
    const rows = await tx`
      with /* vigil:sample */ large as materialized (
        select c.oid, n.nspname, c.relname, c.relpages::float8 as pages, c.reltuples::float8 as tuples,
          current_setting('block_size')::float8 as block,
          coalesce((select max(option_value)::float8 from pg_options_to_table(c.reloptions)
            where option_name = 'fillfactor'), 100) / 100 as fill
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and c.relpages >= ${smallestPages} and c.reltuples >= 0
          and n.nspname not in ('pg_catalog', 'information_schema')
        order by c.relpages desc limit ${mostTables}
      ), widths as (
        -- A row: header of 24 bytes with its null bits, the columns, its pointer of 4 bytes; all in steps of 8.
        select l.*, (select ceil((24 + sum(s.avg_width * (1 - s.null_frac))) / 8) * 8 + 4
          from pg_stats s where s.schemaname = l.nspname and s.tablename = l.relname and not s.inherited) as width
        from large l
      )
      select case when nspname = 'public' then '' else nspname || '.' end || relname as object, pages * block as size,
        greatest(0, pages - ceil(tuples * width / ((block - 24) * fill))) * block as wasted
      from widths where width is not null order by 3 desc`;
    const found = rows.map((row) => ({
      object: String(row.object),
      size: Number(row.size),
      wasted: Number(row.wasted),
    }));
    // A tenth is the estimate's own error.
    const bloated = found.filter((one) => one.wasted > one.size / 5);
    const total = bloated.reduce((sum, one) => sum + one.wasted, 0);
    return {
      tableBloat: {
        value: total,
        examined: found.length,
        facts: { object: bloated[0]?.object ?? '', count: bloated.length },
        evidence: bloated.map((one) => [one.object, one.size, one.wasted, (100 * one.wasted) / one.size]),
        sql: bloated.map(
          (one) =>
            `VACUUM (FULL, ANALYZE) ${one.object.split('.').map(quoted).join('.')}; -- locks the table while it is written anew`,
        ),
      },
    };
  },
});

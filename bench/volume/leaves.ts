import type { Sql } from 'postgres';
import type { Leaf } from './plans';

/** Every leaf of every partitioned table by name, with the range of time that its bounds, or those above it, allow. */
export const readLeaves = async (sql: Sql): Promise<Map<string, Leaf>> => {
  const rows = await sql<{ name: string; table: string; key: string; bound: string; pages: number }[]>`
    select leaf.relname as name, root.relname as table, a.attname as key, range.bound, leaf.relpages as pages
    from pg_class root
    join pg_partitioned_table p on p.partrelid = root.oid
    join pg_attribute a on a.attrelid = root.oid and a.attnum = p.partattrs[0]
    cross join lateral pg_partition_tree(root.oid) tree
    join pg_class leaf on leaf.oid = tree.relid
    cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound from pg_partition_ancestors(leaf.oid) with ordinality u(id, n)
      join pg_class c on c.oid = u.id where pg_get_expr(c.relpartbound, c.oid) like 'FOR VALUES FROM%' order by u.n limit 1) range
    where not root.relispartition and tree.isleaf`;
  return new Map(
    rows.map(({ name, bound, pages, ...row }) => {
      const [from, to] = [...bound.matchAll(/'([^']+)'/g)].map((match) => Date.parse(match[1] ?? ''));
      return [name, { ...row, pages, from: from ?? -Infinity, to: to ?? Infinity }];
    }),
  );
};

/** Asks the server what an expression of a plan comes to; the answers are kept. */
export const momentReader = (sql: Sql) => {
  const known = new Map<string, number | null>();
  return async (expression: string): Promise<number | null> => {
    const kept = known.get(expression);
    if (kept !== undefined) return kept;
    let at: number | null = null;
    // Parameters and other rows' columns have no value outside of their statement.
    if (!/\$\d|InitPlan|SubPlan/.test(expression)) {
      const rows = await sql
        .unsafe(`select extract(epoch from (${expression}))::float8 * 1000 as at`)
        .catch(() => []);
      at = rows[0]?.at ?? null;
    }
    known.set(expression, at);
    return at;
  };
};

/** A node of a plan as it is shown. Costs are the planner's own units; 1 is reading a page in order. */
export type PlanNode = {
  id: string;
  /** `Seq Scan`, `Hash Join`, … as the server calls it. */
  type: string;
  relation: string | null;
  index: string | null;
  /** Rows that the planner expects each time it runs. */
  rows: number;
  startupCost: number;
  totalCost: number;
  /** 0…1: what this node itself costs of the whole, without what stands under it. */
  share: number;
  /** Conditions and keys, in the server's words. */
  details: { key: string; text: string }[];
  warning: PlanWarning | null;
  children: PlanNode[];
  /** Partitions under it that are like those shown. */
  hidden: number;
};

/** What is worth a look: worded in `database.plan.warnings.<code>`. */
export type PlanWarning = { code: 'reads_all'; table: string; rows: number; bytes: number };

/** Size of a table by the server's estimate. */
export type TableSize = { rows: number; bytes: number };

type Raw = Record<string, unknown>;

const shownKeys = [
  'Index Cond',
  'Recheck Cond',
  'Filter',
  'Join Filter',
  'Hash Cond',
  'Merge Cond',
  'Sort Key',
  'Group Key',
  'Cache Key',
  'Subplans Removed',
  'Subplan Name',
];

/** Reading all of a table is nothing to speak of below these. */
const largeRows = 100_000;
const largeBytes = 64_000_000;
/** Of many partitions so many are shown, the dearest. */
const mostPartitions = 6;

const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
const name = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const warningOf = (raw: Raw, sizes: ReadonlyMap<string, TableSize>): PlanWarning | null => {
  const table = name(raw['Relation Name']);
  const size = table === null ? undefined : sizes.get(table);
  if (table === null || !size || !String(raw['Node Type']).endsWith('Seq Scan')) return null;
  return size.rows >= largeRows || size.bytes >= largeBytes ? { code: 'reads_all', table, ...size } : null;
};

const nodeOf = (raw: Raw, id: string, whole: number, sizes: ReadonlyMap<string, TableSize>): PlanNode => {
  const under = (raw.Plans as Raw[] | undefined) ?? [];
  const all = under.map((one, at) => nodeOf(one, `${id}.${at}`, whole, sizes));
  const isAppend = /Append$/.test(String(raw['Node Type']));
  const hide = isAppend && all.length > mostPartitions + 1;
  const dearest = new Set([...all].sort((a, b) => b.totalCost - a.totalCost).slice(0, mostPartitions));
  const total = Number(raw['Total Cost']);
  const below = all.reduce((sum, child) => sum + child.totalCost, 0);
  return {
    id,
    type: [
      raw['Parallel Aware'] === true ? 'Parallel' : null,
      name(raw.Strategy) === 'Hashed' ? 'Hash' : null,
      raw['Node Type'],
    ]
      .filter(Boolean)
      .join(' '),
    relation: name(raw['Relation Name']),
    index: name(raw['Index Name']),
    rows: Number(raw['Plan Rows']),
    startupCost: Number(raw['Startup Cost']),
    totalCost: total,
    share: whole > 0 ? Math.min(1, Math.max(0, total - below) / whole) : 0,
    details: shownKeys.filter((key) => raw[key] !== undefined).map((key) => ({ key, text: text(raw[key]) })),
    warning: warningOf(raw, sizes),
    children: hide ? all.filter((child) => dearest.has(child)) : all,
    hidden: hide ? all.length - mostPartitions : 0,
  };
};

/** The tree of `EXPLAIN (FORMAT JSON)`, with what each node costs by itself and what is worth a look. */
export const planTree = (root: Raw, sizes: ReadonlyMap<string, TableSize>): PlanNode =>
  nodeOf(root, '0', Number(root['Total Cost']), sizes);

/** Every table that a plan reads or writes. */
export const tablesOf = (root: Raw): string[] => {
  const found = new Set<string>();
  const look = (raw: Raw) => {
    const table = name(raw['Relation Name']);
    if (table) found.add(table);
    for (const child of (raw.Plans as Raw[] | undefined) ?? []) look(child);
  };
  look(root);
  return [...found];
};

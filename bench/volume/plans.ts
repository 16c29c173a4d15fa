/** A node of EXPLAIN (FORMAT JSON) or auto_explain; only what is looked at. */
export type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  'Recheck Cond'?: string;
  Filter?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
};
export type Plan = { 'Query Text'?: string; Plan: PlanNode };

/** A leaf of a partitioned table: the range that its bounds allow, ms since 1970, and its size. */
export type Leaf = { table: string; key: string; from: number; to: number; pages: number };

export type Opened = { leaf: string; from: number; to: number; scan: string };
export type Verdict = {
  /** Leaves whose rows were looked at, each once. */
  opened: Opened[];
  /** What is wrong with the plan, in words. */
  faults: string[];
};

/** Smaller leaves are read whole for less than an index costs. */
const smallPages = 512;
const scans = new Set(['Seq Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Heap Scan', 'Tid Range Scan']);

/** The conditions that all hold: `((a) AND (b))` becomes `a`, `b`. */
export const conjuncts = (condition: string): string[] => {
  const text = withoutParentheses(condition.trim());
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "'") quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0 && text.startsWith(' OR ', at)) return [text];
    if (depth === 0 && text.startsWith(' AND ', at)) {
      parts.push(text.slice(start, at));
      start = at + 5;
    }
  }
  if (parts.length === 0) return [text];
  return [...parts, text.slice(start)].flatMap(conjuncts);
};

/** Takes off parentheses around the whole. */
const withoutParentheses = (text: string): string => {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    if (quoted) continue;
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0 && at < text.length - 1) return text;
  }
  return withoutParentheses(text.slice(1, -1));
};

export type Bound = { operator: '<' | '<=' | '>' | '>=' | '='; expression: string };

/** What a condition says of one column alone, or of it as the first of a row. */
export const boundsOn = (column: string, condition: string): Bound[] => {
  const name = `(?:[a-z_0-9]+\\.)?"?${column}"?`;
  const alone = new RegExp(`^${name} (<=|>=|<|>|=) (.+)$`, 's');
  const row = new RegExp(`^ROW\\(${name}, .+?\\) (<=|>=|<|>) ROW\\((.+)\\)$`, 's');
  return conjuncts(condition).flatMap((part) => {
    const one = alone.exec(part);
    if (one) return [{ operator: one[1] as Bound['operator'], expression: one[2] as string }];
    const several = row.exec(part);
    if (!several) return [];
    const first = firstOf(several[2] as string);
    // The first of a row may be equal.
    return [{ operator: several[1]!.startsWith('<') ? '<=' : '>=', expression: first } as Bound];
  });
};

const firstOf = (list: string): string => {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === "'") quoted = !quoted;
    if (quoted) continue;
    if (list[at] === '(') depth += 1;
    if (list[at] === ')') depth -= 1;
    if (depth === 0 && list[at] === ',') return list.slice(0, at);
  }
  return list;
};

export const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/**
 * Looks for leaves that a statement read and need not have: outside of its own conditions, older than `notBefore`, or
 * whole to find few rows.
 * @param moment what an expression of the server comes to, ms since 1970; null when it depends on the row or a parameter
 */
export const judgePlan = async (
  plan: Plan,
  leaves: ReadonlyMap<string, Leaf>,
  moment: (expression: string) => Promise<number | null>,
  notBefore = -Infinity,
): Promise<Verdict> => {
  const opened = new Map<string, Opened>();
  const faults = new Set<string>();
  for (const node of nodesOf(plan.Plan)) {
    const name = node['Relation Name'] ?? '';
    const leaf = leaves.get(name);
    if (!leaf || !scans.has(node['Node Type']) || (node['Actual Loops'] ?? 0) === 0) continue;
    opened.set(name, { leaf: name, from: leaf.from, to: leaf.to, scan: node['Node Type'] });
    if (leaf.to <= notBefore) faults.add(`opens ${name}, which is older than it needs`);
    const wanted = await rangeOf(node, leaf.key, moment);
    if (leaf.to <= wanted.from || leaf.from > wanted.to)
      faults.add(`opens ${name}, which its condition leaves out`);
    const removed = node['Rows Removed by Filter'] ?? 0;
    if (node['Node Type'] === 'Seq Scan' && leaf.pages > smallPages && removed > (node['Actual Rows'] ?? 0))
      faults.add(`reads all of ${name} (${leaf.pages} pages) for ${node['Actual Rows'] ?? 0} rows`);
  }
  return { opened: [...opened.values()], faults: [...faults] };
};

const rangeOf = async (
  node: PlanNode,
  key: string,
  moment: (expression: string) => Promise<number | null>,
): Promise<{ from: number; to: number }> => {
  const range = { from: -Infinity, to: Infinity };
  const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].filter(
    (text) => text !== undefined,
  );
  for (const { operator, expression } of conditions.flatMap((text) => boundsOn(key, text))) {
    const at = await moment(expression);
    if (at === null) continue;
    if (operator !== '<' && operator !== '<=') range.from = Math.max(range.from, at);
    if (operator !== '>' && operator !== '>=') range.to = Math.min(range.to, at);
  }
  return range;
};

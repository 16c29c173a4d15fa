/** A partition as v_partitions has it, or one that is missing. */
export type Part = {
  name: string;
  level: number;
  leaf: boolean;
  /** ISO 8601. */
  from: string;
  to: string;
  /** `'HIGH', 'CRITICAL'`: the rest of a bound by list. */
  values: string | null;
  rows: number | null;
  bytes: number | null;
  archived: boolean;
  state: 'there' | 'missing' | 'beside';
};

export type CellState = 'filled' | 'empty' | 'missing' | 'beside' | 'archived';
export type Cell = {
  state: CellState;
  /** Of the partition; null for a day of hours. */
  name: string | null;
  rows: number;
  bytes: number;
  /** Parts of it that are missing: hours of a day. */
  missing: number;
};
export type LaneName = 'high' | 'low' | 'all';
/** A month or a day with what is in it, by lane. */
export type Span = {
  /** `2026-11` or `2026-11-24`. */
  key: string;
  from: string;
  to: string;
  archived: boolean;
  hold: { reason: string; by: string; until: string | null } | null;
  cells: Partial<Record<LaneName, Cell>>;
};

const laneOf = (part: Pick<Part, 'values' | 'name'>): LaneName => {
  if (part.values === null) return 'all';
  return part.values.includes("'HIGH'") ? 'high' : 'low';
};

const stateOf = (leaves: Part[]): CellState => {
  if (leaves.some((leaf) => leaf.state === 'missing')) return 'missing';
  if (leaves.some((leaf) => leaf.state === 'beside')) return 'beside';
  if (leaves.some((leaf) => leaf.archived)) return 'archived';
  return leaves.some((leaf) => (leaf.rows ?? 0) > 0) ? 'filled' : 'empty';
};

const cellOf = (leaves: Part[]): Cell => ({
  state: stateOf(leaves),
  name: leaves.length === 1 ? (leaves[0]?.name ?? null) : null,
  rows: leaves.reduce((sum, leaf) => sum + (leaf.rows ?? 0), 0),
  bytes: leaves.reduce((sum, leaf) => sum + (leaf.bytes ?? 0), 0),
  missing: leaves.filter((leaf) => leaf.state !== 'there').length,
});

/** Which lanes a table has: two for a month by risk, else one. */
export const lanesOf = (split: string | null): LaneName[] => (split === 'risk' ? ['high', 'low'] : ['all']);

/**
 * The spans of a table, oldest first, from its partitions and from those that are missing. A month that is missing as a
 * whole is missing in each of its lanes.
 */
export const assembleSpans = (
  parts: readonly Part[],
  { step, split }: { step: 'month' | 'day'; split: string | null },
  holds: ReadonlyMap<string, NonNullable<Span['hold']>>,
): Span[] => {
  const keyOf = (at: string) => at.slice(0, step === 'month' ? 7 : 10);
  const spans = new Map<string, { span: Span; leaves: Map<LaneName, Part[]> }>();
  const tops = parts.filter((part) => part.level === 1);
  for (const top of tops) {
    const key = keyOf(top.from);
    const span: Span = {
      key,
      from: top.from,
      to: top.to,
      archived: top.archived,
      hold: step === 'month' ? (holds.get(key) ?? null) : null,
      cells: {},
    };
    const leaves = new Map<LaneName, Part[]>();
    if (top.leaf) leaves.set('all', [top]);
    else if (top.state !== 'there') for (const lane of lanesOf(split)) leaves.set(lane, [top]);
    spans.set(key, { span, leaves });
  }
  for (const leaf of parts) {
    if (leaf.level !== 2) continue;
    const found = spans.get(keyOf(leaf.from));
    const lane = split === 'risk' ? laneOf(leaf) : 'all';
    found?.leaves.set(lane, [...(found.leaves.get(lane) ?? []), leaf]);
  }
  return [...spans.values()]
    .map(({ span, leaves }) => ({
      ...span,
      cells: Object.fromEntries([...leaves].map(([lane, list]) => [lane, cellOf(list)])),
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
};

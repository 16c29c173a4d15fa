/** What a session waits for. */
export type LockWait = {
  pid: number;
  /** Every session that must let go first, those ahead in the queue among them. 0 is a prepared transaction. */
  blockers: number[];
  /** The kind of object: relation, transactionid, tuple, advisory, … */
  lockType: string;
  /** The mode asked for, e.g. `AccessExclusiveLock`. */
  mode: string;
  /** The table, also where a row of it is waited for; null where there is none. */
  relation: string | null;
  /** Tells whether two wait for the same object. */
  object: string;
  /** Holds a weaker lock on that same object already. */
  holds: boolean;
  seconds: number;
};

export type TreeRow = {
  kind: 'session';
  pid: number;
  depth: number;
  /** Null for a root: it waits for nobody. */
  wait: Pick<LockWait, 'lockType' | 'mode' | 'relation' | 'seconds'> | null;
  /** Sessions that cannot go on before this one lets go, by way of others too. */
  blocks: number;
  /** Whom it waits for, without those that only stand ahead in the same queue for the same holders. */
  waitsFor: number[];
  /** Has its own row, with what it blocks, further up: it waits for more than one. */
  again: boolean;
  /** Part of a circle, which the server resolves after deadlock_timeout. */
  circle: boolean;
};

/** Stands for as many that wait for the same, below the ones that have waited longest. */
export type MoreRow = { kind: 'more'; parent: number; depth: number; count: number };

export type LockTree = {
  rows: (TreeRow | MoreRow)[];
  /** Rows left out at the end. */
  more: number;
  waiting: number;
  /** Those that wait for nobody, the one that blocks most first: ending it lets most go on. */
  roots: number[];
};

/** Sets of sessions as bits, so that hundreds in one queue can be compared with each other. */
class PidSets {
  readonly #index = new Map<number, number>();
  readonly #words: number;

  constructor(pids: Iterable<number>) {
    for (const pid of pids) if (!this.#index.has(pid)) this.#index.set(pid, this.#index.size);
    this.#words = Math.ceil(this.#index.size / 32);
  }

  of(pids: readonly number[]): Uint32Array {
    const bits = new Uint32Array(this.#words);
    for (const pid of pids) {
      const at = this.#index.get(pid) ?? 0;
      bits[at >> 5]! |= 1 << (at & 31);
    }
    return bits;
  }

  static within(inner: Uint32Array, outer: Uint32Array): boolean {
    return inner.every((word, i) => (word & ~outer[i]!) === 0);
  }
}

/**
 * Whom each session really waits for. A session that stands ahead in the same queue, holds nothing there and waits for
 * nobody besides is left out: when those go, it goes. Who can be reached stays the same.
 */
const parentsOf = (waits: readonly LockWait[]): Map<number, number[]> => {
  const byPid = new Map(waits.map((wait) => [wait.pid, wait]));
  const sets = new PidSets(waits.flatMap((wait) => [wait.pid, ...wait.blockers]));
  const blockers = new Map(waits.map((wait) => [wait.pid, sets.of(wait.blockers)]));
  return new Map(
    waits.map((wait) => {
      const own = blockers.get(wait.pid)!;
      const parents = wait.blockers.filter((pid) => {
        const ahead = byPid.get(pid);
        if (!ahead || ahead.holds || ahead.object !== wait.object) return true;
        return !PidSets.within(blockers.get(pid)!, own);
      });
      // All of them left out would mean a circle within one queue.
      return [wait.pid, [...new Set(parents.length > 0 ? parents : wait.blockers)]];
    }),
  );
};

const reachable = (from: number, children: ReadonlyMap<number, readonly number[]>): Set<number> => {
  const found = new Set<number>();
  const open = [from];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop())
    for (const child of children.get(pid) ?? [])
      if (!found.has(child)) {
        found.add(child);
        open.push(child);
      }
  return found;
};

/** Hundreds in one queue look alike; these are shown. */
const childrenShown = 25;

/**
 * Who waits for whom, roots first, at most `limit` rows. A session that waits for several stands once with all that it
 * blocks, and again without under each of the others.
 */
export const lockTree = (waits: readonly LockWait[], limit: number): LockTree => {
  const byPid = new Map(waits.map((wait) => [wait.pid, wait]));
  const parents = parentsOf(waits);
  const children = new Map<number, number[]>();
  for (const [pid, above] of parents)
    for (const parent of above) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const longestFirst = (a: number, b: number) =>
    (byPid.get(b)?.seconds ?? 0) - (byPid.get(a)?.seconds ?? 0) || a - b;
  for (const below of children.values()) below.sort(longestFirst);
  const blocked = new Map<number, Set<number>>();
  const blocks = (pid: number): Set<number> => {
    const known = blocked.get(pid) ?? reachable(pid, children);
    blocked.set(pid, known);
    return known;
  };
  const roots = [...children.keys()]
    .filter((pid) => !byPid.has(pid))
    .sort((a, b) => blocks(b).size - blocks(a).size || a - b);

  const rows: LockTree['rows'] = [];
  const shown = new Set<number>();
  const add = (pid: number, depth: number, circle: boolean): void => {
    const again = shown.has(pid);
    shown.add(pid);
    const wait = byPid.get(pid);
    rows.push({
      kind: 'session',
      pid,
      depth,
      wait: wait
        ? { lockType: wait.lockType, mode: wait.mode, relation: wait.relation, seconds: wait.seconds }
        : null,
      blocks: blocks(pid).size,
      waitsFor: parents.get(pid) ?? [],
      again,
      circle: circle || blocks(pid).has(pid),
    });
    if (again) return;
    const below = children.get(pid) ?? [];
    for (const child of below.slice(0, childrenShown)) add(child, depth + 1, false);
    const rest = below.slice(childrenShown);
    for (const child of rest) for (const one of [child, ...blocks(child)]) shown.add(one);
    if (rest.length > 0) rows.push({ kind: 'more', parent: pid, depth: depth + 1, count: rest.length });
  };
  for (const root of roots) add(root, 0, false);
  // A circle has no root: begin with whoever has waited longest.
  for (const pid of waits.map((wait) => wait.pid).sort(longestFirst)) if (!shown.has(pid)) add(pid, 0, true);
  return { rows: rows.slice(0, limit), more: Math.max(0, rows.length - limit), waiting: waits.length, roots };
};

'use client';

import { useLocalStorage } from '@mantine/hooks';
import { parseAsString, useQueryState, useQueryStates } from 'nuqs';
import { useEffect, useRef, useState } from 'react';

/** Paging in the URL: `cursor` is this page, `back` the ones before it, oldest first, parted by `~`. */
export function usePaging() {
  const [{ cursor, back }, set] = useQueryStates(
    { cursor: parseAsString, back: parseAsString },
    { shallow: false, history: 'push', scroll: true },
  );
  const before = back ? back.split('~') : [];
  return {
    isFirst: cursor === null,
    older: (next: string) =>
      set({ cursor: next, back: [...before, cursor ?? ''].slice(-12).join('~') || null }),
    newer: () => set({ cursor: before.at(-1) || null, back: before.slice(0, -1).join('~') || null }),
  };
}

/** The sort in the URL, `?sort=amount` or `?sort=-amount`; changing it goes back to the first page. */
export function useSort() {
  const [{ sort }, set] = useQueryStates(
    { sort: parseAsString, cursor: parseAsString, back: parseAsString },
    { shallow: false, history: 'push' },
  );
  return {
    value: sort,
    by: (id: string) => set({ sort: sort === `-${id}` ? id : `-${id}`, cursor: null, back: null }),
  };
}

/**
 * The open row in the URL (`?open=<key>`), without reading the page again: `open.key`, `open.set(key)`,
 * `open.close()`. Read the row's detail with useLive.
 */
export function useOpenRow() {
  const [key, set] = useQueryState('open', parseAsString.withOptions({ shallow: true, history: 'replace' }));
  return { key, set: (next: string) => void set(next), close: () => void set(null) };
}

/** The columns to show and the person's choice, kept in this browser. */
export function useColumns<Column extends { id: string; hidden?: boolean }>(name: string, columns: Column[]) {
  const standard = columns.filter((column) => column.hidden).map((column) => column.id);
  const [chosen, setChosen] = useLocalStorage<string[] | null>({
    key: `vigil-columns-${name}`,
    defaultValue: null,
  });
  const hiddenIds = chosen ?? standard;
  return {
    shown: columns.filter((column) => !hiddenIds.includes(column.id)),
    hiddenIds,
    toggle: (id: string) =>
      setChosen(hiddenIds.includes(id) ? hiddenIds.filter((each) => each !== id) : [...hiddenIds, id]),
  };
}

/** Keys of rows whose version changed since the last rows, for as long as they fade. */
export function useChanged<Row>(
  rows: Row[],
  rowKey: (row: Row) => string,
  version?: (row: Row) => string | number,
): ReadonlySet<string> {
  const known = useRef<Map<string, string | number> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other rows count; both functions read nothing else
  useEffect(() => {
    if (!version) return;
    const now = new Map(rows.map((row) => [rowKey(row), version(row)]));
    const before = known.current;
    known.current = now;
    if (!before) return;
    const differs = [...now].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
    // Another page or filter is no change: only when most rows stayed.
    if (differs.length === 0 || differs.length > now.size / 2) return;
    clearTimeout(timer.current);
    setChanged(new Set(differs));
    timer.current = setTimeout(() => setChanged(new Set()), 1300);
  }, [rows]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return changed;
}

/** Whether a box is wider inside than outside: then it must be reachable by keyboard, to be scrolled. */
export function useOverflow() {
  const ref = useRef<HTMLElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const look = () =>
      setOverflows(getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return { ref, overflows };
}

'use client';

import { useMediaQuery } from '@mantine/hooks';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { parseAsInteger, useQueryState } from 'nuqs';
import { useMemo, useState } from 'react';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import type { Disposition, ListAlertsInput } from '@/domain/alerts/input';
import type { AlertDetail, AlertList } from '@/domain/alerts/queries';
import type { AlertRow } from '@/domain/alerts/rows';
import { neighbour, queueGroups } from './queue-order';
import { useLease } from './use-lease';
import { useVerdicts } from './use-verdicts';

export type Person = { id: string; mayDecide: boolean; mayAssign: boolean };

const firstRows = 50;
const mostRows = 200;

const changed = <T>(set: ReadonlySet<T>, keys: readonly T[], on: boolean): ReadonlySet<T> => {
  const next = new Set(set);
  for (const key of keys) {
    if (on) next.add(key);
    else next.delete(key);
  }
  return next;
};

/** Rows, groups and what was just decided here. */
export function useQueue(input: ListAlertsInput, initial: AlertList) {
  const [limit, setLimit] = useState(firstRows);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set());
  const wanted = useMemo(() => ({ ...input, limit }), [input, limit]);
  const live = useLive<AlertList>('alert.list', wanted, limit === firstRows ? initial : undefined, [
    'alerts',
  ]);
  const list = live.data ?? initial;
  const groups = useMemo(() => queueGroups(list, opened, gone), [list, opened, gone]);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  return {
    list,
    groups,
    rows,
    more: list.next && limit < mostRows ? () => setLimit(limit + firstRows) : null,
    fold: (key: string) => setOpened((now) => changed(now, [key], !now.has(key))),
    leave: (ids: readonly number[]) => setGone((now) => changed(now, ids, true)),
    comeBack: (ids: readonly number[]) => setGone((now) => changed(now, ids, false)),
  };
}

/** The open alert, in the address, and the one that comes after it, read before it is needed. */
export function useOpenAlert(rows: readonly AlertRow[], first: AlertDetail | undefined) {
  const [chosen, setChosen] = useQueryState(
    'alert',
    parseAsInteger.withOptions({ shallow: true, history: 'replace' }),
  );
  const selected = chosen ?? first?.alert.id ?? rows[0]?.id ?? null;
  const following = selected === null ? null : neighbour(rows, selected);
  const live = useLive<AlertDetail>(
    'alert.get',
    { id: selected ?? 0 },
    first?.alert.id === selected ? first : undefined,
    ['alerts'],
    { enabled: selected !== null },
  );
  useLive<AlertDetail>('alert.get', { id: following ?? 0 }, undefined, ['alerts'], {
    enabled: following !== null && following !== selected,
  });
  return {
    selected,
    choose: (id: number | null) => void setChosen(id),
    live,
    detail: live.data?.alert.id === selected ? live.data : undefined,
  };
}

/** Ticked alerts, at most as many as one verdict takes. */
export function useTicks() {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  return {
    ticked,
    tick: (ids: number[], on: boolean) =>
      setTicked((now) => new Set([...changed(now, ids, on)].slice(0, mostRows))),
  };
}

type Keys = {
  step: (by: number) => void;
  toggle: () => void;
  open: () => void;
  mayDecide: boolean;
};

function useTriageKeys({ step, toggle, open, mayDecide }: Keys) {
  const t = useTranslations('alerts');
  const group = t('title');
  useShortcuts([
    { keys: 'j', label: t('next'), group, run: () => step(1) },
    { keys: 'k', label: t('previous'), group, run: () => step(-1) },
    { keys: 'ArrowDown', label: t('next'), run: () => step(1), hidden: true },
    { keys: 'ArrowUp', label: t('previous'), run: () => step(-1), hidden: true },
    { keys: ' ', label: t('tick'), group, run: toggle, disabled: !mayDecide },
    { keys: 'x', label: t('tick'), run: toggle, hidden: true, disabled: !mayDecide },
    { keys: 'Enter', label: t('openPage'), group, run: open },
  ]);
}

/** All of triage but its looks: queue, open alert, lease, verdicts, ticks and keys. */
export function useTriage(
  input: ListAlertsInput,
  initial: AlertList,
  first: AlertDetail | undefined,
  person: Person,
) {
  const router = useRouter();
  const queue = useQueue(input, initial);
  const open = useOpenAlert(queue.rows, first);
  const { selected, choose } = open;
  const { ticked, tick } = useTicks();
  const [escalating, setEscalating] = useState<number | null>(null);
  const [bulk, setBulk] = useState<Disposition | null>(null);
  // On a phone only the queue is here: nothing is open, so nothing is claimed.
  const wide = useMediaQuery('(min-width: 768px)') ?? false;
  const { lease, claim, settled } = useLease(open.detail?.alert, person.id, person.mayDecide && wide);

  const verdicts = useVerdicts({
    left: (ids) => {
      for (const id of ids) settled(id);
      if (selected !== null && ids.includes(selected)) {
        const next = neighbour(
          queue.rows.filter((row) => row.id === selected || !ids.includes(row.id)),
          selected,
        );
        choose(next === selected ? null : next);
      }
      queue.leave(ids);
      tick(ids, false);
    },
    back: (ids) => {
      queue.comeBack(ids);
      choose(ids[0] ?? null);
    },
  });

  const at = queue.rows.findIndex((row) => row.id === selected);
  useTriageKeys({
    step: (by) => {
      const next = queue.rows[at < 0 ? 0 : at + by];
      if (next) choose(next.id);
    },
    toggle: () => selected !== null && tick([selected], !ticked.has(selected)),
    open: () => selected !== null && router.push(`/alerts/${selected}`),
    mayDecide: person.mayDecide,
  });
  return { queue, open, ticked, tick, escalating, setEscalating, bulk, setBulk, lease, claim, verdicts, at };
}

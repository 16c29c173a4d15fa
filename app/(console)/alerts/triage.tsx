'use client';

import { useMediaQuery } from '@mantine/hooks';
import { IconInbox } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { parseAsInteger, useQueryState } from 'nuqs';
import { type MouseEvent, useMemo, useState } from 'react';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { PageState } from '@/components/page-state';
import { PanelState, problemOf } from '@/components/panel-state';
import type { Disposition, ListAlertsInput } from '@/domain/alerts/input';
import type { AlertDetail, AlertList } from '@/domain/alerts/queries';
import { AlertDetailView } from './alert-detail';
import { Queue } from './queue';
import { neighbour, queueGroups } from './queue-order';
import styles from './triage.module.css';
import { useLease } from './use-lease';
import { useVerdicts } from './use-verdicts';
import { VerdictBar } from './verdict-bar';
import { BulkDialog, EscalateDialog } from './verdict-dialogs';

export type Person = { id: string; mayDecide: boolean; mayAssign: boolean };
type Props = { input: ListAlertsInput; list: AlertList; detail?: AlertDetail; person: Person };

const most = 200;

/** Rows, groups and what was just decided here. */
function useQueue(input: ListAlertsInput, initial: AlertList) {
  const [limit, setLimit] = useState(50);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set());
  const wanted = useMemo(() => ({ ...input, limit }), [input, limit]);
  const live = useLive<AlertList>('alert.list', wanted, limit === 50 ? initial : undefined, ['alerts']);
  const list = live.data ?? initial;
  const groups = useMemo(() => queueGroups(list, opened, gone), [list, opened, gone]);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const change = <T,>(set: ReadonlySet<T>, keys: readonly T[], on: boolean): ReadonlySet<T> => {
    const next = new Set(set);
    for (const key of keys) on ? next.add(key) : next.delete(key);
    return next;
  };
  return {
    list,
    groups,
    rows,
    more: list.next && limit < most ? () => setLimit(limit + 50) : null,
    fold: (key: string) => setOpened((now) => change(now, [key], !now.has(key))),
    leave: (ids: readonly number[]) => setGone((now) => change(now, ids, true)),
    comeBack: (ids: readonly number[]) => setGone((now) => change(now, ids, false)),
  };
}

/** Triage: queue, alert, verdict. The alert that comes next is read before it is needed. */
export function Triage({ input, list: initial, detail: first, person }: Props) {
  const t = useTranslations('alerts');
  const router = useRouter();
  const queue = useQueue(input, initial);
  const [chosen, setChosen] = useQueryState(
    'alert',
    parseAsInteger.withOptions({ shallow: true, history: 'replace' }),
  );
  const selected = chosen ?? first?.alert.id ?? queue.rows[0]?.id ?? null;
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const [escalating, setEscalating] = useState<number | null>(null);
  const [bulk, setBulk] = useState<Disposition | null>(null);
  // On a phone only the queue is here: nothing is open, so nothing is claimed.
  const wide = useMediaQuery('(min-width: 768px)') ?? false;
  const following = selected === null ? null : neighbour(queue.rows, selected);

  const detail = useLive<AlertDetail>(
    'alert.get',
    { id: selected ?? 0 },
    first?.alert.id === selected ? first : undefined,
    ['alerts'],
    { enabled: selected !== null },
  );
  useLive<AlertDetail>('alert.get', { id: following ?? 0 }, undefined, ['alerts'], {
    enabled: following !== null && following !== selected,
  });
  const open = detail.data?.alert.id === selected ? detail.data : undefined;
  const { lease, claim, settled } = useLease(open?.alert, person.id, person.mayDecide && wide);

  const verdicts = useVerdicts({
    left: (ids) => {
      for (const id of ids) settled(id);
      if (selected !== null && ids.includes(selected)) {
        const rest = queue.rows.filter((row) => row.id === selected || !ids.includes(row.id));
        const next = neighbour(rest, selected);
        void setChosen(next === selected ? null : next);
      }
      queue.leave(ids);
      setTicked((now) => new Set([...now].filter((id) => !ids.includes(id))));
    },
    back: (ids) => {
      queue.comeBack(ids);
      void setChosen(ids[0] ?? null);
    },
  });

  const verdict = (disposition: Disposition) => {
    if (ticked.size > 0) setBulk(disposition);
    else if (selected !== null) void verdicts.decide(selected, disposition);
  };
  const tick = (ids: number[], on: boolean) =>
    setTicked(
      (now) => new Set(on ? [...now, ...ids].slice(0, 200) : [...now].filter((id) => !ids.includes(id))),
    );
  const at = queue.rows.findIndex((row) => row.id === selected);
  const step = (by: number) => {
    const next = queue.rows[at < 0 ? 0 : at + by];
    if (next) void setChosen(next.id);
  };
  const toggle = () => selected !== null && person.mayDecide && tick([selected], !ticked.has(selected));
  useShortcuts([
    { keys: 'j', label: t('next'), group: t('title'), run: () => step(1) },
    { keys: 'k', label: t('previous'), group: t('title'), run: () => step(-1) },
    { keys: 'ArrowDown', label: t('next'), run: () => step(1), hidden: true },
    { keys: 'ArrowUp', label: t('previous'), run: () => step(-1), hidden: true },
    { keys: ' ', label: t('tick'), group: t('title'), run: toggle, disabled: !person.mayDecide },
    { keys: 'x', label: t('tick'), run: toggle, hidden: true, disabled: !person.mayDecide },
    {
      keys: 'Enter',
      label: t('openPage'),
      group: t('title'),
      run: () => selected !== null && router.push(`/alerts/${selected}`),
    },
  ]);

  const taken = open !== undefined && open.alert.holderId !== null && open.alert.holderId !== person.id;
  const decidable = open !== undefined && open.alert.status !== 'decided' && !taken;
  return (
    <div data-vg-bleed className={styles.triage}>
      <Queue
        list={queue.list}
        groups={queue.groups}
        me={person.id}
        selected={selected}
        ticked={ticked}
        onTick={person.mayDecide ? tick : null}
        onOpen={(id, event) => openRow(event, () => void setChosen(id))}
        onFold={queue.fold}
        onMore={queue.more}
      />
      <section className={styles.detail} aria-label={t('detail', { id: selected ?? '' })}>
        <div className={styles.detailScroll}>
          {open ? (
            <AlertDetailView
              detail={open}
              lease={lease}
              me={person.id}
              mayDecide={person.mayDecide}
              onClaim={() => void claim(open.alert.id)}
            />
          ) : selected === null ? (
            <PageState
              icon={<IconInbox size={24} stroke={1.75} />}
              title={t('chooseTitle')}
              hint={t('chooseHint')}
            />
          ) : (
            <div className={styles.content}>
              <PanelState problem={problemOf(detail)} height={320} retry={() => void detail.refetch()} />
            </div>
          )}
        </div>
        {person.mayDecide && (
          <VerdictBar
            disabled={ticked.size === 0 && !decidable}
            busy={verdicts.busy}
            onVerdict={verdict}
            onEscalate={() => setEscalating(selected)}
            onUndo={() => void verdicts.undo()}
            end={
              ticked.size > 0 ? (
                <span className="vg-num">{t('selectedCount', { count: ticked.size })}</span>
              ) : (
                <>
                  <KeyHint keys="J K" />
                  {at >= 0 && (
                    <span className="vg-num">
                      {t('position', {
                        index: at + 1,
                        total: Math.max(queue.rows.length, queue.list.counts.matching),
                      })}
                    </span>
                  )}
                </>
              )
            }
          />
        )}
      </section>
      <EscalateDialog
        id={escalating}
        onClose={() => setEscalating(null)}
        onConfirm={(note) => {
          if (escalating !== null) void verdicts.escalate(escalating, note);
          setEscalating(null);
        }}
      />
      <BulkDialog
        count={ticked.size}
        disposition={bulk}
        pending={verdicts.busy}
        onClose={() => setBulk(null)}
        onConfirm={() => {
          if (bulk) void verdicts.decideMany([...ticked], bulk);
          setBulk(null);
        }}
      />
    </div>
  );
}

/** On a wide screen a click opens the alert beside the queue; on a phone, or with a modifier, the link leads to its page. */
function openRow(event: MouseEvent, show: () => void) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || window.matchMedia('(max-width: 767px)').matches)
    return;
  event.preventDefault();
  show();
}

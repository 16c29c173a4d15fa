'use client';

import { Button, Menu, SegmentedControl } from '@mantine/core';
import { IconArrowsSort, IconChevronDown, IconChevronUp, IconInbox } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type MouseEvent, useLayoutEffect, useRef } from 'react';
import { useRuleWords } from '@/components/explanation/words';
import { type Filter, FilterBar, useFilters } from '@/components/filter-bar';
import { formatNumber } from '@/components/format';
import type { AlertList } from '@/domain/alerts/queries';
import styles from './queue.module.css';
import type { QueueGroup } from './queue-order';
import { QueueRow } from './queue-row';

const levels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'MINIMAL'];
const severities = ['critical', 'warning', 'info'];
const dispositions = ['fraud', 'good_alert', 'false_positive'];

function useAlertFilters(): Filter[] {
  const t = useTranslations('alerts.filter');
  const badges = useTranslations('badges');
  return [
    {
      key: 'risk',
      label: t('risk'),
      kind: 'many',
      pinned: true,
      options: levels.map((value) => ({ value, label: badges(`risk.${value}`) })),
    },
    {
      key: 'due',
      label: t('due'),
      kind: 'one',
      options: ['overdue', '30m', '2h', 'later'].map((value) => ({ value, label: t(`due_${value}`) })),
    },
    {
      key: 'severity',
      label: t('severity'),
      kind: 'many',
      options: severities.map((value) => ({ value, label: badges(`severity.${value}`) })),
    },
    {
      key: 'status',
      label: t('status'),
      kind: 'many',
      options: [
        { value: 'open', label: badges('alert.open') },
        { value: 'escalated', label: badges('alert.escalated') },
        { value: 'decided', label: t('decided') },
      ],
    },
    {
      key: 'disposition',
      label: t('disposition'),
      kind: 'many',
      options: dispositions.map((value) => ({
        value,
        label: badges(`alert.${value}`),
      })),
    },
    { key: 'merchant', label: t('merchant'), kind: 'text' },
    { key: 'user', label: t('user'), kind: 'text' },
    { key: 'amount', label: t('amount'), kind: 'range' },
    { key: 'age', label: t('age'), kind: 'range' },
  ];
}

type Props = {
  list: AlertList;
  groups: QueueGroup[];
  me: string;
  selected: number | null;
  ticked: ReadonlySet<number>;
  /** Null where the role only reads. */
  onTick: ((ids: number[], on: boolean) => void) | null;
  onOpen: (id: number, event: MouseEvent) => void;
  onFold: (key: string) => void;
  onMore: (() => void) | null;
};

/** The queue: tabs with counts, filters, merchants under attack, then the rest in its order. */
export function Queue(props: Props) {
  const t = useTranslations('alerts');
  const words = useRuleWords(props.list.baseCurrency);
  const { list, groups, selected } = props;
  const scroller = useSteadyScroll(selected, groups);
  const empty = groups.every((group) => group.rows.length === 0);
  return (
    <section className={styles.queue} aria-label={t('queue')}>
      <QueueHead list={list} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className={styles.scroll} ref={scroller} tabIndex={0}>
        {empty && <EmptyQueue />}
        {groups
          .filter((group) => group.rows.length > 0)
          .map((group) => (
            <section key={group.key}>
              <GroupHead group={group} {...props} />
              <ul className={styles.rows}>
                {group.rows.map((row) => (
                  <QueueRow
                    key={row.id}
                    row={row}
                    words={words}
                    me={props.me}
                    selected={row.id === selected}
                    ticked={props.ticked.has(row.id)}
                    grouped={group.merchant !== null}
                    onOpen={(event) => props.onOpen(row.id, event)}
                    onTick={
                      props.onTick ? () => props.onTick?.([row.id], !props.ticked.has(row.id)) : undefined
                    }
                  />
                ))}
              </ul>
              {group.merchant !== null && <Fold group={group} onFold={props.onFold} />}
            </section>
          ))}
        {props.onMore && (
          <Button variant="subtle" color="gray" fullWidth onClick={props.onMore}>
            {t('more')}
          </Button>
        )}
      </div>
    </section>
  );
}

function QueueHead({ list }: { list: AlertList }) {
  const t = useTranslations('alerts');
  const filters = useAlertFilters();
  const { values, set } = useFilters(['tab', 'order', 'alert']);
  const tab = values.tab ?? 'open';
  const order = values.order ?? (tab === 'all' ? 'newest' : 'urgent');
  const count = (value: number) => (value > 999 ? `${formatNumber(999)}+` : formatNumber(value));
  return (
    <div className={styles.head}>
      <div className={styles.headRow}>
        <h1>{t('title')}</h1>
        <SegmentedControl
          size="xs"
          aria-label={t('tabs')}
          value={tab}
          onChange={(value) => set({ tab: value === 'open' ? null : value, alert: null })}
          data={[
            { value: 'mine', label: <Tab word={t('mine')} count={count(list.counts.mine)} /> },
            { value: 'open', label: <Tab word={t('open')} count={count(list.counts.open)} /> },
            { value: 'all', label: <Tab word={t('all')} /> },
          ]}
        />
      </div>
      <FilterBar filters={filters}>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconArrowsSort size={14} stroke={2} aria-hidden />}
            >
              {t(order === 'urgent' ? 'mostUrgent' : 'newest')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => set({ order: tab === 'all' ? 'urgent' : null })}>
              {t('mostUrgent')}
            </Menu.Item>
            <Menu.Item onClick={() => set({ order: tab === 'all' ? null : 'newest' })}>
              {t('newest')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </FilterBar>
    </div>
  );
}

const Tab = ({ word, count }: { word: string; count?: string }) => (
  <span className={styles.tab}>
    {word} {count && <span className={styles.tabCount}>{count}</span>}
  </span>
);

function GroupHead({ group, ticked, onTick }: { group: QueueGroup } & Pick<Props, 'ticked' | 'onTick'>) {
  const t = useTranslations('alerts');
  const { values } = useFilters(['tab', 'order']);
  const urgent = (values.order ?? (values.tab === 'all' ? 'newest' : 'urgent')) === 'urgent';
  const ids = group.rows.map((row) => row.id);
  const all = ids.every((id) => ticked.has(id));
  return (
    <div className={styles.group}>
      <h2>
        {group.merchant === null
          ? t(urgent ? 'byUrgency' : 'byTime')
          : t('attack', { merchant: group.merchant })}
      </h2>
      <span className={styles.groupCount}>{formatNumber(group.count)}</span>
      {onTick && group.merchant !== null && (
        <button type="button" className={styles.selectAll} onClick={() => onTick(ids, !all)}>
          {t(all ? 'clearSelection' : 'selectAll')}
        </button>
      )}
    </div>
  );
}

function Fold({ group, onFold }: { group: QueueGroup; onFold: (key: string) => void }) {
  const t = useTranslations('alerts');
  const rest = group.count - group.rows.length;
  if (group.hidden === 0 && group.rows.length <= 5) return null;
  const Icon = group.hidden > 0 ? IconChevronDown : IconChevronUp;
  return (
    <button type="button" className={styles.fold} onClick={() => onFold(group.key)}>
      <Icon size={14} stroke={2} aria-hidden />
      {group.hidden > 0 ? t('moreInAttack', { count: rest }) : t('fewer')}
    </button>
  );
}

function EmptyQueue() {
  const t = useTranslations('alerts');
  const { values } = useFilters([
    'tab',
    'risk',
    'due',
    'severity',
    'status',
    'disposition',
    'merchant',
    'user',
    'amount',
    'age',
  ]);
  const { tab, ...rest } = values;
  const filtered = Object.values(rest).some(Boolean);
  const [title, hint] = filtered
    ? [t('emptyFiltered'), null]
    : tab === 'mine'
      ? [t('emptyMine'), t('emptyMineHint')]
      : [t('emptyTitle'), t('emptyHint')];
  return (
    <div className={styles.empty}>
      <p>
        <IconInbox size={16} stroke={1.75} aria-hidden /> <strong>{title}</strong>
      </p>
      {hint && <p>{hint}</p>}
      <Button component={Link} href="/alerts?tab=all" size="xs" variant="default">
        {t('showAll')}
      </Button>
    </div>
  );
}

/** Keeps the open row where it is on the screen while others come and go above it, and brings it into view on a move. */
function useSteadyScroll(selected: number | null, groups: QueueGroup[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const known = useRef<{ id: number | null; top: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again whenever the rows change
  useLayoutEffect(() => {
    const box = scroller.current;
    const row = box?.querySelector<HTMLElement>(`[data-id="${selected}"]`);
    if (!box || !row) {
      known.current = null;
      return;
    }
    const top = row.getBoundingClientRect().top;
    const before = known.current;
    if (before?.id === selected) box.scrollTop += top - before.top;
    else row.scrollIntoView({ block: 'nearest' });
    const remember = () => {
      known.current = { id: selected, top: row.getBoundingClientRect().top };
    };
    remember();
    box.addEventListener('scroll', remember, { passive: true });
    return () => box.removeEventListener('scroll', remember);
  }, [selected, groups]);
  return scroller;
}

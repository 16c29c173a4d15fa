'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { Badge, RuleBadge, SeverityBadge } from '@/components/badge';
import { FilterBar } from '@/components/filter-bar';
import { formatNumber, formatRuleId, formatSigned } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { Page } from '@/domain/cursor';
import type { RuleRow } from '@/domain/rules/queries';
import { decisions, ruleTypes } from '@/domain/rules/vocabulary';
import type { ListRulesParams } from './list-params';
import { RuleTags, VerbBadge } from './rule-actions';
import styles from './rules.module.css';

type RulePage = Page<RuleRow> & { total: number };
/** The states that a rule can be in here; the others of the eight have no way to them yet. */
const shownStates = ['live', 'paused', 'draft', 'retired'] as const;
const hitLimit = 10_000;

/** A day's count ends there. */
const hits = (count: number) => (count > hitLimit ? `${formatNumber(hitLimit)}+` : formatNumber(count));

function useColumns(rows: RuleRow[]): Column<RuleRow>[] {
  const t = useTranslations('rules');
  const most = Math.max(1, ...rows.map((row) => row.hits7d));
  return useMemo(
    () => [
      {
        id: 'id',
        head: t('id'),
        width: 68,
        wide: true,
        cell: (r) => <span className="vg-mono">{formatRuleId(r.ruleId)}</span>,
      },
      {
        id: 'name',
        head: t('name'),
        sort: true,
        cell: (r) => (
          <span className={styles.name}>
            <Link className={styles.nameText} href={`/rules/${r.ruleId}`}>
              {r.name}
            </Link>
            {r.draftVersion !== null && <Badge>{t('draftBadge', { version: r.draftVersion })}</Badge>}
          </span>
        ),
      },
      { id: 'state', head: t('state'), width: 92, cell: (r) => <RuleBadge state={r.state} /> },
      {
        id: 'action',
        head: t('action'),
        width: 92,
        wide: true,
        cell: (r) => (r.actions.decision ? <VerbBadge decision={r.actions.decision} /> : '–'),
      },
      {
        id: 'points',
        head: t('points'),
        width: 72,
        align: 'right',
        wide: true,
        cell: (r) => (r.actions.points ? formatSigned(r.actions.points) : '–'),
      },
      {
        id: 'alert',
        head: t('alert'),
        width: 100,
        wide: true,
        cell: (r) => (r.actions.alert ? <SeverityBadge severity={r.actions.alert.severity} /> : '–'),
      },
      {
        id: 'tags',
        head: t('tags'),
        width: 132,
        wide: true,
        cell: (r) => <RuleTags tags={r.actions.tags} />,
      },
      {
        id: 'type',
        head: t('type'),
        width: 112,
        hidden: true,
        wide: true,
        cell: (r) => t(`types.${r.type}`),
      },
      {
        id: 'hits24h',
        head: t('hits24h'),
        width: 84,
        align: 'right',
        sort: true,
        cell: (r) => hits(r.hits24h),
      },
      {
        id: 'hits7d',
        head: t('hits7d'),
        width: 100,
        align: 'right',
        sort: true,
        wide: true,
        share: (r) => r.hits7d / most,
        cell: (r) => formatNumber(r.hits7d),
      },
      {
        id: 'lastHit',
        head: t('lastHit'),
        width: 120,
        hidden: true,
        wide: true,
        cell: (r) => (r.lastHitAt ? <Age at={r.lastHitAt} /> : '–'),
      },
      {
        id: 'priority',
        head: t('priority'),
        width: 76,
        align: 'right',
        sort: true,
        wide: true,
        cell: (r) => r.priority,
      },
      {
        id: 'changed',
        head: t('changed'),
        width: 152,
        sort: true,
        wide: true,
        cell: (r) => (
          <span className={styles.quiet}>
            <Age at={r.changedAt} /> · {r.changedByName}
          </span>
        ),
      },
    ],
    [t, most],
  );
}

/** All rules with state, hits and what they do; live. */
export function RuleList(props: { page: RulePage; input: ListRulesParams; mayCreate: boolean }) {
  const t = useTranslations('rules');
  const words = useTranslations('badges');
  const live = useLive<RulePage>('rule.list', props.input, props.page, ['rules'], { every: 15_000 });
  const page = live.data ?? props.page;
  const columns = useColumns(page.rows);
  const options = (values: readonly string[], word: (value: string) => string) =>
    values.map((value) => ({ value, label: word(value) }));
  return (
    <>
      <PageHeader title={t('title')} meta={t('count', { count: page.total })}>
        {props.mayCreate && (
          <Button component={Link} href="/rules/new" leftSection={<IconPlus size={16} stroke={1.75} />}>
            {t('new')}
          </Button>
        )}
      </PageHeader>
      <FilterBar
        search={{ placeholder: t('search') }}
        filters={[
          {
            key: 'state',
            label: t('state'),
            kind: 'many',
            pinned: true,
            options: options(shownStates, (v) => words(`rule.${v}`)),
          },
          {
            key: 'decision',
            label: t('action'),
            kind: 'many',
            pinned: true,
            options: options([...decisions, 'NONE'], (v) =>
              v === 'NONE' ? t('noDecision') : words(`decision.${v}`),
            ),
          },
          {
            key: 'type',
            label: t('type'),
            kind: 'many',
            options: options(ruleTypes, (v) => t(`types.${v}`)),
          },
          { key: 'draft', label: t('hasDraft'), kind: 'flag' },
        ]}
      />
      <DataTable
        name="rules"
        label={t('title')}
        columns={columns}
        rows={page.rows}
        rowKey={(r) => String(r.ruleId)}
        href={(r) => `/rules/${r.ruleId}`}
        version={(r) => r.changedAt}
        next={page.next}
        foot={t('shown', { count: page.rows.length, total: page.total })}
        empty={t('empty')}
        chooseColumns
      />
    </>
  );
}

'use client';

import { Button } from '@mantine/core';
import { IconDownload, IconEye, IconRobot } from '@tabler/icons-react';
import { useSearchParams } from 'next/navigation';
import { useMessages, useTranslations } from 'next-intl';
import { useRef } from 'react';
import { Avatar } from '@/components/avatar';
import { type Filter, FilterBar } from '@/components/filter-bar';
import { formatTime } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time, useZone } from '@/components/time';
import { outcomes } from '@/domain/audit-trail/kinds';
import type { AuditRow } from '@/domain/audit-trail/queries';
import styles from '../security.module.css';
import { useActionWords } from '../words';
import { AuditSheet } from './audit-sheet';
import { OutcomeWord, useActorWords, useChangeWords, useResourceWords } from './entry-words';

type Page = { rows: AuditRow[]; next: string | null; searchedTo: string | null };
type Props = {
  page: Page;
  input: Record<string, unknown>;
  people: { id: string; name: string }[];
  mayReview: boolean;
  mayExport: boolean;
};

export function AuditList({ page, input, people, mayReview, mayExport }: Props) {
  const t = useTranslations('audit');
  const list = useLive<Page>('audit.list', input, page, ['audit']);
  const open = useOpenRow();
  const zone = useZone();
  const rows = list.data?.rows ?? [];
  const searchedTo = list.data?.searchedTo;
  return (
    <div className={styles.page}>
      <PageHeader title={t('title')}>{mayExport && <ExportButton />}</PageHeader>
      <FilterBar search={{ placeholder: t('search') }} filters={useAuditFilters(people)} />
      <DataTable
        name="audit"
        label={t('title')}
        columns={useAuditColumns()}
        rows={rows}
        rowKey={(row) => String(row.id)}
        next={list.data?.next ?? null}
        openKey={open.key}
        onOpen={open.set}
        version={(row) => String(Boolean(row.reviewed))}
        foot={
          searchedTo
            ? t('searchedTo', { day: formatTime(searchedTo, zone, 'day') })
            : t('count', { count: rows.length })
        }
        empty={
          <>
            <strong>{t('empty')}</strong>
            <br />
            {t('emptyHint')}
          </>
        }
        chooseColumns
      />
      {open.key && <AuditSheet id={Number(open.key)} mayReview={mayReview} onClose={open.close} />}
    </div>
  );
}

/** A form, so that the browser saves the answer and sends where it came from. */
function ExportButton() {
  const t = useTranslations('audit');
  const params = useSearchParams();
  const form = useRef<HTMLFormElement>(null);
  return (
    <form ref={form} method="post" action={`/security/audit-trail/export?${params}`}>
      <Button type="submit" variant="default" leftSection={<IconDownload size={16} stroke={1.75} />}>
        {t('export')}
      </Button>
    </form>
  );
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every action that has words, as it is stored: `session:end-user`. */
const wordedActions = (tree: Record<string, unknown>): string[] =>
  Object.entries(tree).flatMap(([noun, verbs]) =>
    typeof verbs === 'object' && verbs !== null
      ? Object.keys(verbs).map((verb) => `${kebab(noun)}:${kebab(verb)}`)
      : [],
  );

function useAuditFilters(people: Props['people']): Filter[] {
  const t = useTranslations('audit');
  const words = useActionWords();
  const texts = useMessages().audit as {
    actions: Record<string, unknown>;
    resources: Record<string, string>;
  };
  const byLabel = (one: { label: string }, other: { label: string }) => one.label.localeCompare(other.label);
  const actions = wordedActions(texts.actions).map((value) => ({ value, label: words(value) }));
  return [
    { key: 'day', label: t('day'), kind: 'days', pinned: true },
    {
      key: 'person',
      label: t('person'),
      kind: 'one',
      pinned: true,
      options: people.map(({ id, name }) => ({ value: id, label: name })),
    },
    { key: 'action', label: t('action'), kind: 'one', pinned: true, options: actions.sort(byLabel) },
    {
      key: 'resource',
      label: t('resource'),
      kind: 'one',
      options: Object.entries(texts.resources).map(([value, label]) => ({ value, label })),
    },
    {
      key: 'outcome',
      label: t('outcome'),
      kind: 'one',
      options: outcomes.map((value) => ({ value, label: t(`outcomes.${value}`) })),
    },
    { key: 'reviewed', label: t('reviewedFilter'), kind: 'flag' },
  ];
}

function useAuditColumns(): Column<AuditRow>[] {
  const t = useTranslations('audit');
  const [action, actor, resource, change] = [
    useActionWords(),
    useActorWords(),
    useResourceWords(),
    useChangeWords(),
  ];
  return [
    { id: 'time', head: t('time'), width: 116, cell: (row) => <Time at={row.at} /> },
    {
      id: 'who',
      head: t('who'),
      width: 176,
      cell: (row) => (
        <span className={styles.who}>
          {row.actorType === 'user' ? (
            <Avatar name={row.actorName} />
          ) : (
            <IconRobot size={20} stroke={1.5} aria-hidden />
          )}
          {actor(row)}
        </span>
      ),
    },
    {
      id: 'action',
      head: t('action'),
      width: 156,
      cell: (row) => <span title={row.action}>{action(row.action)}</span>,
    },
    { id: 'on', head: t('on'), width: 132, wide: true, cell: (row) => resource(row) },
    { id: 'change', head: t('change'), wide: true, cell: (row) => change(row) },
    {
      id: 'outcome',
      head: t('outcome'),
      width: 100,
      wide: true,
      cell: (row) =>
        row.reviewed ? (
          <span className={styles.who}>
            <IconEye size={14} stroke={2} aria-hidden /> {t('reviewed')}
          </span>
        ) : (
          row.outcome !== 'success' && <OutcomeWord outcome={row.outcome} />
        ),
    },
  ];
}

'use client';

import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { FilterBar } from '@/components/filter-bar';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { DataTable } from '@/components/table';
import { useOpenRow, usePaging } from '@/components/table-state';
import { Time } from '@/components/time';
import type { ListTransactionsInput } from '@/domain/transactions/list-input';
import type { TransactionPage } from '@/domain/transactions/search';
import { useTransactionColumns } from './columns';
import { useTransactionFilters } from './transaction-filters';
import { TransactionSheet } from './transaction-sheet';
import styles from './transactions.module.css';

/** As in domain/transactions/commands.ts; words only, the server decides. */
const exportLimit = 50_000;

/** Columns that leave while a payment is open beside the list. */
const besides = new Set(['risk', 'label', 'country']);

type Props = { input: ListTransactionsInput; page: TransactionPage; mayExport: boolean };

/** The list of payments: filters in the address, rows that follow the traffic on the first page, a sheet for one. */
export function TransactionList({ input, page, mayExport }: Props) {
  const t = useTranslations('transactions');
  const filters = useTransactionFilters();
  const all = useTransactionColumns();
  const open = useOpenRow();
  // Beside the sheet there is room for what tells payments apart; the sheet has the rest.
  const columns = open.key ? all.filter((column) => !besides.has(column.id)) : all;
  // Only the newest page follows the traffic: older pages must not shift under a reader.
  const live = useLive<TransactionPage>('transaction.list', input, page, ['decisions'], {
    enabled: !input.cursor,
  });
  const shown = input.cursor ? page : (live.data ?? page);
  const row = shown.rows.find((each) => each.id === open.key);
  return (
    <>
      <PageHeader title={t('title')}>{mayExport && <ExportButton />}</PageHeader>
      <FilterBar filters={filters} search={{ placeholder: t('search') }} />
      <DataTable
        name="transactions"
        label={t('title')}
        columns={columns}
        rows={shown.rows}
        rowKey={(each) => each.id}
        href={(each) => `/transactions/${encodeURIComponent(each.id)}`}
        openKey={open.key}
        onOpen={open.set}
        next={shown.next}
        foot={<Foot page={shown} />}
        empty={<Empty page={shown} />}
        version={(each) => `${each.decision}${each.isFraud}`}
        chooseColumns
      />
      {open.key && <TransactionSheet id={open.key} row={row} onClose={open.close} />}
    </>
  );
}

function Foot({ page }: { page: TransactionPage }) {
  const t = useTranslations('transactions');
  const { searched, rows } = page;
  return (
    <>
      {t('countComplete', { count: rows.length })}
      {!searched.complete && rows.length < 50 && searched.backTo && (
        <>
          {' · '}
          {t.rich('lookedPart', { when: () => <Time key="at" at={searched.backTo} style="short" /> })}
        </>
      )}
    </>
  );
}

function Empty({ page }: { page: TransactionPage }) {
  const t = useTranslations('transactions');
  const paging = usePaging();
  const { searched, next } = page;
  if (!next)
    return (
      <div className={styles.empty}>
        <strong>{t('empty')}</strong>
        <span>{t('emptyHint')}</span>
      </div>
    );
  return (
    <div className={styles.empty}>
      <strong>
        {t.rich('emptyPart', { when: () => <Time key="at" at={searched.backTo} style="short" /> })}
      </strong>
      <span>{t('emptyPartHint')}</span>
      <Button size="xs" variant="default" onClick={() => paging.older(next)}>
        {t('continue')}
      </Button>
    </div>
  );
}

function ExportButton() {
  const t = useTranslations('transactions');
  const params = useSearchParams();
  const [asking, setAsking] = useState(false);
  const download = () => {
    setAsking(false);
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `/transactions/export?${params}`;
    document.body.append(form);
    form.submit();
    form.remove();
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('export')}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('exportTitle')}
        consequences={[
          { text: t('exportWhat', { limit: formatNumber(exportLimit) }) },
          { text: t('exportRecord') },
        ]}
        verb={t('exportVerb')}
        onConfirm={download}
      />
    </>
  );
}

'use client';

import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconHelpCircle, IconTestPipe } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { LastPoolTest } from '@/domain/pool/queries';
import type { FeatureResult } from '@/domain/pool/self-test';
import { testPoolAction } from './actions';

const looks: Record<string, { tone: Tone; icon: typeof IconCircleCheck }> = {
  true: { tone: 'ok', icon: IconCircleCheck },
  false: { tone: 'plain', icon: IconCircleX },
  null: { tone: 'review', icon: IconHelpCircle },
};

/** What a client may rely on behind this pool: tried on the spot, on the console's own way to the server. */
export function TestPanel({ tested, mayTest }: { tested?: LastPoolTest; mayTest: boolean }) {
  const t = useTranslations('pool');
  const last = useLive<LastPoolTest>('pool.last-test', {}, tested, ['health']);
  const test = useCommand(testPoolAction, {
    done: () => {
      toast({ title: t('tested') });
      void last.refetch();
    },
  });
  const run = () => test.run({});
  const disabled = !mayTest || test.pending;
  useShortcuts([{ keys: 't', label: t('test'), group: t('title'), run, disabled, hidden: !mayTest }]);
  const rows = last.data?.results ?? [];
  const columns: Column<FeatureResult>[] = [
    {
      id: 'feature',
      head: t('columns.feature'),
      width: 230,
      cell: (row) => t(`features.${row.feature}.name`),
    },
    {
      id: 'holds',
      head: t('columns.holds'),
      width: 140,
      cell: (row) => <Badge {...looks[String(row.holds)]}>{t(`holds.${String(row.holds)}`)}</Badge>,
    },
    {
      id: 'meaning',
      head: t('columns.meaning'),
      wide: true,
      cell: (row) => (
        <span title={t(`features.${row.feature}.means`)}>{t(`features.${row.feature}.means`)}</span>
      ),
    },
  ];
  return (
    <Panel
      title={t('testTitle')}
      question={t('testQuestion')}
      live={last}
      at={last.data?.at}
      meta={
        last.data && (
          <span>{t.rich('testedBy', { name: last.data.by, age: () => <Age at={last.data?.at} /> })}</span>
        )
      }
      actions={
        mayTest && (
          <Button
            size="xs"
            variant="default"
            loading={test.pending}
            leftSection={<IconTestPipe size={14} stroke={2} />}
            rightSection={<KeyHint keys="T" />}
            onClick={run}
          >
            {t('test')}
          </Button>
        )
      }
      flush
      height={120}
      empty={last.data === null && { title: t('neverTested'), hint: t('neverTestedHint') }}
      table={
        rows.length > 0
          ? {
              head: columns.map((column) => column.head),
              rows: rows.map((row) => [row.feature, row.holds === null ? null : String(row.holds)]),
            }
          : undefined
      }
      csvName="pool-test"
    >
      <DataTable
        name="pool-test"
        label={t('testTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.feature}
        foot={last.data && t(last.data.moved ? 'moved' : 'stayed')}
        inPanel
      />
    </Panel>
  );
}

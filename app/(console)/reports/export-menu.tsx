'use client';

import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import type { ReportName } from '@/domain/reports/input';
import type { Periods } from '@/domain/reports/period';
import { periodWords } from './words';

/** Takes a report away as a file, once its consequences are read. */
export function ExportMenu({ names, periods }: { names: readonly ReportName[]; periods: Periods }) {
  const t = useTranslations('reports');
  const params = useSearchParams();
  const [asking, setAsking] = useState<ReportName | null>(null);
  if (names.length === 0) return null;
  const download = () => {
    const query = new URLSearchParams(params.toString());
    query.set('report', asking ?? 'days');
    setAsking(null);
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `/reports/export?${query}`;
    document.body.append(form);
    form.submit();
    form.remove();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
            rightSection={<IconChevronDown size={14} stroke={2} aria-hidden />}
          >
            {t('export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {names.map((name) => (
            <Menu.Item key={name} onClick={() => setAsking(name)}>
              {t(`exports.${name}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={t('exportTitle', { report: asking ? t(`exports.${asking}`) : '' })}
        consequences={[
          { text: t('exportWhat', { period: periodWords(periods.period) }) },
          { text: t('exportRecord') },
        ]}
        verb={t('exportVerb')}
        onConfirm={download}
      />
    </>
  );
}

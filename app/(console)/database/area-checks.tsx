'use client';

import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import type { CheckArea } from '@/domain/database/checks/definition';
import type { DatabaseHealth } from '@/domain/database/health';
import { CheckRow } from './check-row';
import { definitionOf, useCheckWords } from './words';

type Props = { area: CheckArea; health?: DatabaseHealth };

/** The checks of one area, on the page where what they find is put right. */
export function AreaChecks({ area, health }: Props) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const live = useLive<DatabaseHealth>('database.health', {}, health, ['health']);
  const [opened, setOpened] = useQueryState('check', parseAsString);
  const checks = (live.data?.checks ?? []).filter((one) => definitionOf(one.name)?.area === area);
  return (
    <Panel
      title={t('checksTitle')}
      question={t('checksQuestion')}
      live={live}
      at={live.data?.pass?.at}
      staleAfter={180}
      flush
      height={160}
      empty={
        live.data !== undefined &&
        checks.length === 0 && { title: t('neverChecked'), hint: t('neverCheckedHint') }
      }
      table={{
        head: [t('check'), t('status'), t('value'), t('sinceHead')],
        rows: checks.map((one) => [words.name(one), t(`statuses.${one.status}`), one.value, one.since]),
      }}
      csvName={`${area}-checks`}
    >
      {checks.map((one) => (
        <CheckRow
          key={one.name}
          check={one}
          open={opened === one.name}
          onOpen={(open) => void setOpened(open ? one.name : null)}
        />
      ))}
    </Panel>
  );
}

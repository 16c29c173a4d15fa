'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatBytes, formatNumber } from '@/components/format';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Age, Time } from '@/components/time';
import type { IndexRow } from '@/domain/storage/indexes';
import { SqlBlock } from '../sql-block';
import { IndexState } from './index-columns';
import { type IndexDialog, IndexDialogs } from './index-dialogs';

type Props = { index: IndexRow; mayChange: boolean; onClose: () => void };

/** One index: what it is for, whether anybody reads it, what it costs, and what may be done about it. */
export function IndexSheet({ index, mayChange, onClose }: Props) {
  const t = useTranslations('storage.indexSheet');
  const [asking, setAsking] = useState<IndexDialog | null>(null);
  return (
    <SideSheet
      title={<span className="vg-mono">{index.name}</span>}
      onClose={onClose}
      actions={
        mayChange && (
          <>
            <Button variant="default" onClick={() => setAsking('rebuild')} disabled={index.building}>
              {t('rebuild')}
            </Button>
            {index.droppable && (
              <Button variant="default" onClick={() => setAsking('drop')} disabled={index.building}>
                {t('drop')}
              </Button>
            )}
          </>
        )
      }
    >
      <p>{t('about', { table: index.onPartition ?? index.table, count: index.leaves })}</p>
      <Notes index={index} />
      <Details
        items={[
          [t('state'), <IndexState key="state" index={index} />],
          [t('size'), formatBytes(index.bytes)],
          [
            t('scans'),
            t.rich('scansSince', {
              scans: formatNumber(index.scans),
              time: () => <Time at={index.countedSince} style="date" />,
            }),
          ],
          [t('lastScan'), index.lastScan ? <Age key="last" at={index.lastScan} /> : t('unknown')],
          [t('method'), index.method],
          [t('unique'), index.unique ? t('yes') : t('no')],
          [t('needed'), index.guards ? t(`guards.${index.guards}`) : t('nothing')],
        ]}
      />
      <SqlBlock text={index.definition} />
      <IndexDialogs asking={asking} index={index} onClose={() => setAsking(null)} />
    </SideSheet>
  );
}

function Notes({ index }: { index: IndexRow }) {
  const t = useTranslations('storage.indexSheet');
  if (index.building) return <Note>{t('building')}</Note>;
  if (index.incomplete) return <Note tone="fraud">{t('incomplete')}</Note>;
  if (index.invalid) return <Note tone="fraud">{t('invalid', { count: index.invalidLeaves })}</Note>;
  if (index.duplicateOf) return <Note tone="review">{t('duplicate', { name: index.duplicateOf })}</Note>;
  if (index.coveredBy) return <Note tone="review">{t('covered', { name: index.coveredBy })}</Note>;
  if (index.unused) return <Note>{t('unused')}</Note>;
  return null;
}

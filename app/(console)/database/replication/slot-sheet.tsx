'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatBytes, formatDuration, formatNumber } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import type { ReplicationPoint } from '@/domain/replication/queries';
import type { Receiver } from '@/domain/replication/receivers';
import { isLost, type Slot, secondsLeft } from '@/domain/replication/slots';
import { SlotBadge } from './slot-table';

type Props = {
  slot: Slot;
  receiver?: Receiver;
  points: ReplicationPoint[];
  mayDrop: boolean;
  onDrop: (slot: Slot) => void;
  onClose: () => void;
};

/** One slot: for whom it keeps what, how long that can go on, and dropping it. */
export function SlotSheet({ slot, receiver, points, mayDrop, onDrop, onClose }: Props) {
  const t = useTranslations('replication');
  const lost = isLost(slot);
  const can = mayDrop && !slot.active;
  const drop = () => onDrop(slot);
  useShortcuts([{ keys: 'd', label: t('drop'), group: t('title'), run: drop, disabled: !can, hidden: !can }]);
  return (
    <SideSheet
      title={t('slot')}
      id={slot.slot}
      onClose={onClose}
      actions={
        can ? (
          <Button variant="danger" rightSection={<KeyHint keys="D" />} onClick={drop}>
            {t('drop')}
          </Button>
        ) : (
          <span>{t(mayDrop ? 'refused.active' : 'mayNot')}</span>
        )
      }
    >
      <Sentence
        slot={slot}
        lost={lost}
        seconds={secondsLeft(
          slot,
          points.map((point) => point.written),
        )}
      />
      <Details
        items={[
          [t('columns.state'), <SlotBadge key="state" slot={slot} />],
          [t('columns.kind'), t(`types.${slot.type}`, { plugin: slot.kind })],
          slot.database !== null && [t('columns.database'), slot.database],
          [t('reader'), receiver ? receiver.application || String(receiver.pid) : t('noReader')],
          slot.idle !== null && !slot.active && [t('unreadFor'), formatDuration(slot.idle)],
          [t('columns.retained'), formatBytes(slot.retained)],
          [t('columns.left'), slot.left === null ? t('noLimitShort') : formatBytes(Math.max(0, slot.left))],
          slot.xids !== null && [t('oldRows'), t('oldRowsOf', { count: formatNumber(slot.xids) })],
          [
            'restart_lsn',
            <span key="restart" className="vg-mono">
              {slot.restartLsn ?? '–'}
            </span>,
          ],
          slot.confirmedLsn !== null && [
            'confirmed',
            <span key="confirmed" className="vg-mono">
              {slot.confirmedLsn}
            </span>,
          ],
        ]}
      />
    </SideSheet>
  );
}

function Sentence({ slot, lost, seconds }: { slot: Slot; lost: boolean; seconds: number | null }) {
  const t = useTranslations('replication');
  if (lost)
    return (
      <Note tone="fraud" title={t('lost')}>
        {t('lostHint', { why: slot.cause ?? 'wal_removed' })}
      </Note>
    );
  if (slot.active) return <p>{t('readSentence', { size: formatBytes(slot.retained) })}</p>;
  return (
    <Note tone="review" title={t('unreadSentence', { size: formatBytes(slot.retained) })}>
      {slot.left === null
        ? t('fillsDisk')
        : seconds === null
          ? t('lostAfter', { size: formatBytes(slot.left) })
          : t('lostIn', { size: formatBytes(slot.left), age: formatDuration(seconds) })}
    </Note>
  );
}

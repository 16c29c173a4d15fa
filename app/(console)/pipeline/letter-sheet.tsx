'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { CopyId } from '@/components/copy-id';
import { Details } from '@/components/details';
import { formatMoney, formatNumber } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import { type Step, Stepper } from '@/components/stepper';
import { Time } from '@/components/time';
import type { StreamDetail } from '@/domain/stream/queries';
import { type Asking, LetterDialogs } from './letter-dialogs';
import styles from './pipeline.module.css';
import { StatusBadge } from './status-badge';
import { useErrorWords } from './words';

type Props = { id: number; mayAct: boolean; maySeeTrail: boolean; onClose: () => void };

/** One payment of the queue: why it stands where it stands, its way so far, what was sent, and what may be done. */
export function LetterSheet({ id, mayAct, maySeeTrail, onClose }: Props) {
  const t = useTranslations('pipeline');
  const [asking, setAsking] = useState<Asking | null>(null);
  const letter = useLive<StreamDetail>('stream.get', { id }, undefined, ['stream']);
  const row = letter.data;
  const may = {
    redrive: mayAct && (row?.status === 'DEAD' || row?.status === 'DISCARDED'),
    discard: mayAct && row?.status === 'DEAD',
  };
  const ask = (what: Asking['what']) => setAsking({ what, about: { ids: [id] }, count: 1 });
  useShortcuts([
    { keys: 'r', label: t('redrive'), group: t('title'), run: () => ask('redrive'), disabled: !may.redrive },
    { keys: 'd', label: t('discard'), group: t('title'), run: () => ask('discard'), disabled: !may.discard },
  ]);
  return (
    <SideSheet
      title={t('queuedPayment')}
      id={`#${id}`}
      onClose={onClose}
      actions={
        (may.redrive || may.discard) && (
          <>
            <Button onClick={() => ask('redrive')} rightSection={<KeyHint keys="R" />}>
              {t('redrive')}
            </Button>
            {may.discard && (
              <Button variant="default" onClick={() => ask('discard')} rightSection={<KeyHint keys="D" />}>
                {t('discard')}
              </Button>
            )}
          </>
        )
      }
    >
      {row ? (
        <Content row={row} maySeeTrail={maySeeTrail} />
      ) : (
        <PanelState problem={problemOf(letter)} height={240} retry={() => letter.refetch()} />
      )}
      <LetterDialogs asking={asking} onClose={() => setAsking(null)} />
    </SideSheet>
  );
}

function Content({ row, maySeeTrail }: { row: StreamDetail; maySeeTrail: boolean }) {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  return (
    <>
      <p>{t(`sentences.${row.status}`, { tries: row.tries })}</p>
      {row.errorCode && (
        <Note tone={row.status === 'DEAD' ? 'fraud' : 'review'} title={words.sentence(row.errorCode)}>
          {t(`fixes.${row.errorCode}`)}
          {row.errorMessage && <code className={styles.message}>{row.errorMessage}</code>}
        </Note>
      )}
      {row.discardReason && <Note title={t('discardedBecause')}>{row.discardReason}</Note>}
      <Stepper label={t('way')} steps={useWay(row)} />
      <Details
        items={[
          [t('payment'), <CopyId key="id" id={row.transactionId} />],
          [t('status'), <StatusBadge key="status" status={row.status} />],
          row.amount !== null &&
            row.currency !== null && [t('amount'), formatMoney(row.amount, row.currency)],
          row.userId !== null && [t('customer'), <CopyId key="user" id={row.userId} />],
          [t('tries'), formatNumber(row.tries)],
          row.leasedBy !== null && [
            t('worker'),
            <span key="worker" className="vg-mono">
              {row.leasedBy}
            </span>,
          ],
          [t('hash'), <CopyId key="hash" id={row.payloadHash} short />],
        ]}
      />
      <h3 className={styles.heading}>{t('payload')}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={styles.payload} tabIndex={0}>
        {JSON.stringify(row.payload, null, 2)}
      </pre>
      {maySeeTrail && (
        <p>
          <Link href={`/security/audit-trail?resource=stream&q=${encodeURIComponent(row.transactionId)}`}>
            {t('seeTrail')}
          </Link>
        </p>
      )}
    </>
  );
}

/** Received, tried, and how it ended or what comes next. */
function useWay(row: StreamDetail): Step[] {
  const t = useTranslations('pipeline');
  const at = (time: string | null) => (time ? <Time at={time} style="full" /> : null);
  const ended = row.status === 'DONE' || row.status === 'DEAD' || row.status === 'DISCARDED';
  return [
    { name: t('received'), note: at(row.receivedAt), state: 'done' },
    {
      name: t('tried', { count: row.tries }),
      note: row.status === 'FAILED' ? t.rich('againAt', { at: () => at(row.nextTryAt) }) : null,
      state: ended ? 'done' : row.tries > 0 || row.status === 'PROCESSING' ? 'current' : 'todo',
    },
    {
      name: t(ended ? `statuses.${row.status}` : 'statuses.DONE'),
      note: ended ? at(row.endedAt) : null,
      state: ended ? 'current' : 'todo',
    },
  ];
}

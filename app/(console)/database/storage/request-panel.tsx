'use client';

import { Button } from '@mantine/core';
import {
  IconAlertOctagon,
  IconBan,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPlay,
} from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge, type Tone } from '@/components/badge';
import { ConfirmDialog } from '@/components/dialog';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { Age } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { Page } from '@/domain/cursor';
import type { MaintenanceStatus } from '@/domain/maintenance/kinds';
import type { RequestRow } from '@/domain/maintenance/queries';
import { cancelRequestAction, restoreIndexAction } from './actions';
import styles from './storage.module.css';
import { spanWords } from './words';

type Props = {
  requests: UseQueryResult<Page<RequestRow>, LiveError>;
  mayCancel: boolean;
  mayRestore: boolean;
  /** The newest so many are shown until somebody asks for more. */
  few: number;
  onMore: () => void;
};
type Asking = { kind: 'cancel' | 'restore'; request: RequestRow } | null;

/** What people asked the worker to do, newest first: how far it is, how it ended, and the way back. */
export function RequestPanel({ requests, mayCancel, mayRestore, few, onMore }: Props) {
  const t = useTranslations('storage.requests');
  const [asking, setAsking] = useState<Asking>(null);
  const [all, setAll] = useState(false);
  const rows = requests.data?.rows ?? [];
  const restored = new Set(
    rows
      .filter((row) => row.kind === 'restore-index' && row.status !== 'failed')
      .map((row) => row.arguments.request),
  );
  return (
    <Panel
      title={t('title')}
      question={t('question')}
      live={requests}
      flush
      height={48}
      empty={requests.data !== undefined && rows.length === 0 && { title: t('none') }}
    >
      <ul className={styles.requests} aria-label={t('title')}>
        {(all ? rows : rows.slice(0, few)).map((row) => (
          <Request
            key={row.id}
            row={row}
            onCancel={mayCancel ? () => setAsking({ kind: 'cancel', request: row }) : undefined}
            onRestore={
              mayRestore && !restored.has(row.id)
                ? () => setAsking({ kind: 'restore', request: row })
                : undefined
            }
          />
        ))}
      </ul>
      {!all && (rows.length > few || requests.data?.next) && (
        <div className={styles.more}>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => {
              setAll(true);
              onMore();
            }}
          >
            {t('more')}
          </Button>
        </div>
      )}
      {asking?.kind === 'cancel' && <CancelDialog request={asking.request} onClose={() => setAsking(null)} />}
      {asking?.kind === 'restore' && (
        <RestoreDialog request={asking.request} onClose={() => setAsking(null)} />
      )}
    </Panel>
  );
}

const badges: Record<MaintenanceStatus, { tone: Tone; icon: typeof IconBan }> = {
  waiting: { tone: 'primary', icon: IconHourglass },
  running: { tone: 'primary', icon: IconPlayerPlay },
  ok: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'fraud', icon: IconAlertOctagon },
  cancelled: { tone: 'plain', icon: IconBan },
};

/** What a request is about, in words. */
export function useRequestWords() {
  const t = useTranslations('storage.requests');
  return ({ kind, arguments: given, result }: RequestRow): string => {
    const month = typeof given.month === 'string' ? spanWords(given.month) : '';
    const index = String(given.index ?? given.table ?? result?.index ?? given.request ?? '');
    return t.has(`kinds.${kind}`) ? t(`kinds.${kind}`, { month, index }) : kind;
  };
}

type RowProps = { row: RequestRow; onCancel?: () => void; onRestore?: () => void };

function Request({ row, onCancel, onRestore }: RowProps) {
  const t = useTranslations('storage.requests');
  const words = useRequestWords();
  const open = row.status === 'waiting' || row.status === 'running';
  const { progress } = row;
  return (
    <li>
      <span>
        <Badge {...badges[row.status]}>
          {t(`states.${row.cancelling && open ? 'cancelling' : row.status}`)}
        </Badge>
      </span>
      <span>
        {words(row)}{' '}
        <span className={styles.quiet}>
          {t.rich('by', {
            name: row.requestedByName,
            age: () => <Age at={row.endedAt ?? row.requestedAt} />,
          })}
          {open && progress && progress.of > 1
            ? ` · ${t('progress', { done: progress.done, of: progress.of })}`
            : ''}
          {progress && progress.waits > 0 ? ` · ${t('waits', { count: progress.waits })}` : ''}
        </span>
      </span>
      <span>
        {open && onCancel && !row.cancelling && (
          <Button size="xs" variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
        {row.kind === 'drop-index' && row.status === 'ok' && onRestore && (
          <Button size="xs" variant="default" onClick={onRestore}>
            {t('restore')}
          </Button>
        )}
      </span>
      {open && progress && progress.of > 1 && (
        <div className={styles.track} aria-hidden="true">
          <span style={{ width: `${Math.min(100, (100 * progress.done) / progress.of)}%` }} />
        </div>
      )}
      {row.error && <p>{row.error}</p>}
    </li>
  );
}

function CancelDialog({ request, onClose }: { request: RequestRow; onClose: () => void }) {
  const t = useTranslations('storage.requests');
  const words = useRequestWords();
  const cancel = useCommand(cancelRequestAction, {
    done: () => {
      toast({ title: t('cancelled') });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('cancelQuestion', { what: words(request) })}
      verb={t('cancel')}
      danger
      consequences={[{ text: t('cancelEffect') }]}
      pending={cancel.pending}
      error={cancel.error ?? cancel.fieldError('id')}
      onConfirm={() => cancel.run({ id: request.id })}
    />
  );
}

function RestoreDialog({ request, onClose }: { request: RequestRow; onClose: () => void }) {
  const t = useTranslations('storage.requests');
  const name = String(request.result?.index ?? request.arguments.index);
  const restore = useCommand(restoreIndexAction, {
    done: () => {
      toast({ title: t('restoring', { name }) });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('restoreQuestion', { name })}
      verb={t('restore')}
      reason="required"
      consequences={[{ text: t('restoreEffect') }, { text: t('restoreTime') }]}
      pending={restore.pending}
      error={restore.error ?? restore.fieldError('request') ?? restore.fieldError('reason')}
      onConfirm={(reason) => restore.run({ request: request.id, reason })}
    />
  );
}

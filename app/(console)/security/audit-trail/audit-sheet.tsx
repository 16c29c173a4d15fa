'use client';

import { Button } from '@mantine/core';
import { IconEyeCheck } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { CopyId } from '@/components/copy-id';
import { Details } from '@/components/details';
import { changedFields, Diff } from '@/components/diff';
import { formatNumber, formatTime } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Time, useZone } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { AuditDetail } from '@/domain/audit-trail/queries';
import { LiveProblem } from '../live-problem';
import styles from '../security.module.css';
import { useActionWords, useDeviceWords } from '../words';
import { reviewAuditAction } from './actions';
import { OutcomeWord, resourceHref, useActorWords, useResourceWords } from './entry-words';

type Props = { id: number; mayReview: boolean; onClose: () => void };

export function AuditSheet({ id, mayReview, onClose }: Props) {
  const t = useTranslations('audit');
  const action = useActionWords();
  const entry = useLive<AuditDetail>('audit.get', { id }, undefined, ['audit']);
  const row = entry.data?.id === id ? entry.data : undefined;
  const number = formatNumber(id);
  const review = useCommand(reviewAuditAction, { done: () => toast({ title: t('marked', { id: number }) }) });
  const open = mayReview && row !== undefined && !row.reviewed && !review.pending;
  const mark = () => review.run({ ids: [id] });
  useShortcuts([
    { keys: 'r', label: t('markReviewed'), group: t('keys'), run: mark, disabled: !open, hidden: !mayReview },
  ]);
  const foot = (
    <>
      {mayReview && (
        <Button
          variant="default"
          disabled={!row || Boolean(row.reviewed)}
          loading={review.pending}
          leftSection={<IconEyeCheck size={16} stroke={1.75} />}
          rightSection={<KeyHint keys="R" />}
          onClick={mark}
        >
          {row?.reviewed ? t('reviewed') : t('markReviewed')}
        </Button>
      )}
      <span className={styles.keys} title={t('nextKeys')}>
        <KeyHint keys="J" /> <KeyHint keys="K" />
      </span>
    </>
  );
  return (
    <SideSheet
      title={row ? action(row.action) : t('entry')}
      id={`#${number}`}
      onClose={onClose}
      actions={foot}
    >
      {row ? <Content row={row} /> : <LiveProblem error={entry.error} />}
    </SideSheet>
  );
}

function useSentence(): (row: AuditDetail) => string {
  const t = useTranslations('audit');
  const [action, actor, resource] = [useActionWords(), useActorWords(), useResourceWords()];
  return (row) => {
    const words = action(row.action);
    const on =
      row.resourceType === 'operation' ||
      row.resourceName === row.actorName ||
      (row.resourceType === 'person' && row.resourceId === row.actorId)
        ? ''
        : resource(row);
    const values = {
      who: actor(row),
      action: words.charAt(0).toLowerCase() + words.slice(1),
      on: on || 'none',
    };
    if (row.outcome === 'denied') return t('sentenceDenied', values);
    return row.outcome === 'failure' ? t('sentenceFailed', values) : t('sentence', values);
  };
}

function Content({ row }: { row: AuditDetail }) {
  const t = useTranslations('audit');
  const sentence = useSentence();
  const zone = useZone();
  return (
    <>
      <p>{sentence(row)}</p>
      {row.reviewed && (
        <Note
          tone="ok"
          title={t('reviewedBy', { name: row.reviewed.by, time: formatTime(row.reviewed.at, zone, 'short') })}
        >
          {row.reviewed.note}
        </Note>
      )}
      <Changes row={row} />
      <Facts row={row} />
    </>
  );
}

function Changes({ row }: { row: AuditDetail }) {
  const t = useTranslations('audit');
  const [json, setJson] = useState(false);
  const fields = changedFields(row.before, row.after);
  if (fields.length === 0) return null;
  return (
    <div>
      <div className={styles.fieldsHead}>
        <h3>{t('changedFields', { count: fields.length })}</h3>
        <Button size="xs" variant="subtle" onClick={() => setJson(!json)}>
          {json ? t('showFields') : t('showJson')}
        </Button>
      </div>
      {json ? (
        <pre className={`${styles.json} vg-mono`}>
          {JSON.stringify({ before: row.before, after: row.after }, null, 2)}
        </pre>
      ) : (
        <Diff before={row.before} after={row.after} />
      )}
    </div>
  );
}

function Facts({ row }: { row: AuditDetail }) {
  const t = useTranslations('audit');
  const [actor, resource, device, zone] = [useActorWords(), useResourceWords(), useDeviceWords(), useZone()];
  const href = resourceHref(row);
  const on = resource(row);
  const { session } = row;
  return (
    <Details
      items={[
        [
          t('action'),
          <span key="action" className="vg-mono">
            {row.action}
          </span>,
        ],
        on
          ? [
              t('on'),
              href ? (
                <Link key="on" href={href}>
                  {on}
                </Link>
              ) : (
                on
              ),
            ]
          : null,
        [
          t('who'),
          row.actorType === 'user' && row.actorId ? (
            <Link key="who" href={`/security/people?open=${row.actorId}`}>
              {actor(row)}
            </Link>
          ) : (
            actor(row)
          ),
        ],
        [t('outcome'), <OutcomeWord key="outcome" outcome={row.outcome} />],
        row.reason ? [t('reason'), row.reason] : null,
        [t('when'), <Time key="when" at={row.at} style="full" />],
        session
          ? [
              t('session'),
              <span key="session">
                <Link href={`/security/sessions?user=${row.actorId}&open=${session.id}`}>#{session.id}</Link>{' '}
                {t('sessionSince', { time: formatTime(session.since, zone, 'short') })},{' '}
                {session.active ? t('sessionOpen') : t('sessionEnded')}
              </span>,
            ]
          : null,
        row.ip
          ? [
              t('ip'),
              <span key="ip" className="vg-mono">
                {row.ip}
              </span>,
            ]
          : null,
        row.device ? [t('device'), device(row.device)] : null,
        row.requestId ? [t('request'), <CopyId key="request" id={row.requestId} />] : null,
      ]}
    />
  );
}

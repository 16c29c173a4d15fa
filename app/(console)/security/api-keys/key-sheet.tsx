'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { ApiKeyRow } from '@/domain/api-keys/queries';
import { LiveProblem } from '../live-problem';
import { ChangeKey, RevokeKey } from './key-dialogs';
import { KeyState } from './key-state';

type Props = { id: number; mayChange: boolean; onClose: () => void };

export function KeySheet({ id, mayChange, onClose }: Props) {
  const t = useTranslations('apiKeys');
  const [asking, setAsking] = useState<'change' | 'revoke' | null>(null);
  const found = useLive<ApiKeyRow>('api-key.get', { id }, undefined, ['keys']);
  const row = found.data?.id === id ? found.data : undefined;
  const stop = () => setAsking(null);
  return (
    <SideSheet
      title={row?.name ?? t('title')}
      id={row && `${row.prefix}…`}
      onClose={onClose}
      actions={
        mayChange &&
        row &&
        row.state !== 'revoked' && (
          <>
            <Button variant="default" onClick={() => setAsking('change')}>
              {t('change')}
            </Button>
            <Button variant="danger" onClick={() => setAsking('revoke')}>
              {t('revoke')}
            </Button>
          </>
        )
      }
    >
      {row ? <Content row={row} /> : <LiveProblem error={found.error} />}
      {row && <RevokeKey apiKey={row} opened={asking === 'revoke'} onClose={stop} />}
      {row && asking === 'change' && <ChangeKey apiKey={row} onClose={stop} />}
    </SideSheet>
  );
}

function Content({ row }: { row: ApiKeyRow }) {
  const t = useTranslations('apiKeys');
  const time = (at: string | null, otherwise: string) =>
    at ? <Time key={at} at={at} style="full" /> : otherwise;
  return (
    <>
      <p>
        {t('sentence', {
          name: row.name,
          owner: row.ownerName,
          count: row.calls24h,
          calls: formatNumber(row.calls24h),
          refusedCount: row.refused24h,
          refused: formatNumber(row.refused24h),
        })}
      </p>
      <Details
        items={[
          [t('state'), <KeyState key="state" apiKey={row} />],
          [t('scopes'), row.scopes.map((scope) => t(`scope.${scope}`)).join(', ')],
          [t('rate'), t('perSecond', { rate: formatNumber(row.ratePerSecond) })],
          [t('burst'), formatNumber(row.burst)],
          [t('expires'), time(row.expiresAt, t('noEnd'))],
          [t('lastUsed'), time(row.lastUsedAt, t('never'))],
          row.lastUsedIp ? [t('lastAddress'), row.lastUsedIp] : null,
          [t('created'), time(row.createdAt, '')],
          row.revokedAt ? [t('revokedAt'), time(row.revokedAt, '')] : null,
          [t('owner'), row.ownerName],
        ]}
      />
      <p>
        <Link href={`/security/audit-trail?resource=api_key&q=${row.id}`}>{t('seeTrail')}</Link>
      </p>
    </>
  );
}

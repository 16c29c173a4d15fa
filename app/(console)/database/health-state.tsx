'use client';

import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { formatMs, formatNumber } from '@/components/format';
import { Note } from '@/components/note';
import { Age } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { DatabaseHealth } from '@/domain/database/health';
import { checkDatabaseAction } from './actions';

/** The state of the whole in one sentence, when it was checked and what that cost. */
export function HealthState({ health }: { health: DatabaseHealth }) {
  const t = useTranslations('database');
  const { pass, checks } = health;
  if (!pass) return null;
  const count = (status: string) => checks.filter((one) => one.status === status).length;
  const [critical, warning, ok] = [count('critical'), count('warning'), count('ok')];
  const state = critical > 0 ? 'critical' : warning > 0 ? 'warning' : 'ok';
  const cost = pass.groups.map(({ name, ms }) => `${name} ${formatMs(ms)}`).join(', ');
  return (
    <Note
      tone={({ critical: 'fraud', warning: 'review', ok: 'ok' } as const)[state]}
      title={t(`state.${state}`, { critical, warning })}
    >
      {t('state.rest', {
        ok: formatNumber(ok),
        unjudged: formatNumber(checks.length - ok - critical - warning),
      })}{' '}
      <span title={`${t('costTitle')}: ${cost}`}>
        {t.rich('state.cost', { age: () => <Age at={pass.at} />, ms: formatMs(pass.ms) })}
      </span>
    </Note>
  );
}

/** Runs every check now. */
export function CheckAgain() {
  const t = useTranslations('database');
  const check = useCommand(checkDatabaseAction, {
    done: ({ critical, warning }) => toast({ title: t('checkedAgain', { critical, warning }) }),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} stroke={1.75} />}
      loading={check.pending}
      onClick={() => check.run({})}
    >
      {t('checkAgain')}
    </Button>
  );
}

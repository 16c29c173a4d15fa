'use client';

import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { useLive } from '@/components/live';
import type { ApiUsage, ApiUsageSeries } from '@/domain/api-usage/queries';
import { ApiCharts } from './api-charts';
import styles from './pipeline.module.css';
import { callsEveryMs } from './pipeline-figures';
import { usageInput } from './pipeline-params';
import type { Initial } from './pipeline-view';
import { usageParams, viewParams } from './url';
import { UsagePanel } from './usage-panel';

/** Calls of the decision API: how many, how fast, and by whom; a row narrows everything else to itself. */
export function ApiTab({ initial }: { initial: Initial }) {
  const [given, set] = useQueryStates({ ...usageParams, range: viewParams.range }, { history: 'push' });
  const input = usageInput(given);
  const whole = Object.keys(input).length === 1;
  const usage = useLive<ApiUsage>('api-usage.summary', input, whole ? initial.usage : undefined, [], {
    every: callsEveryMs,
  });
  const series = useLive<ApiUsageSeries>('api-usage.series', input, whole ? initial.calls : undefined, [], {
    every: callsEveryMs,
  });
  const keyName = usage.data?.keys.find(({ keyId }) => String(keyId) === given.key)?.name;
  return (
    <>
      {!whole && (
        <Within given={given} keyName={keyName ?? null} drop={(name) => void set({ [name]: null })} />
      )}
      <ApiCharts series={series} />
      <UsagePanel
        about="routes"
        usage={usage}
        selected={given.route}
        pick={(route) => void set({ route: route === given.route ? null : route })}
      />
      <div className={styles.pair}>
        <UsagePanel
          about="keys"
          usage={usage}
          selected={given.key}
          pick={(key) => void set({ key: key === given.key ? null : key })}
        />
        <UsagePanel
          about="statuses"
          usage={usage}
          selected={given.answer}
          pick={(answer) => void set({ answer: answer === given.answer ? null : answer })}
        />
      </div>
    </>
  );
}

type WithinProps = {
  given: { route: string | null; key: string | null; answer: string | null };
  keyName: string | null;
  drop: (name: 'route' | 'key' | 'answer') => void;
};

/** What everything below is narrowed to, each with a way out. */
function Within({ given, keyName, drop }: WithinProps) {
  const t = useTranslations('pipeline');
  const words = {
    route: given.route,
    key: given.key && (given.key === '0' ? t('noKey') : (keyName ?? t('keyNumber', { id: given.key }))),
    answer: given.answer,
  };
  return (
    <div className={styles.within}>
      <span>{t('within')}</span>
      {(['route', 'key', 'answer'] as const).map(
        (name) =>
          words[name] && (
            <Button
              key={name}
              size="xs"
              variant="default"
              rightSection={<IconX size={14} stroke={2} aria-hidden />}
              aria-label={t('dropFilter', { what: words[name] })}
              onClick={() => drop(name)}
            >
              {words[name]}
            </Button>
          ),
      )}
    </div>
  );
}

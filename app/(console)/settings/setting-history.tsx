'use client';

import { useTranslations } from 'next-intl';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { Time } from '@/components/time';
import type { Page } from '@/domain/cursor';
import type { SettingChange, SettingRow } from '@/domain/settings/queries';
import styles from './settings.module.css';
import { useSettingWords } from './words';

/** The last changes of a setting: who, when, from what to what, and why. */
export function SettingHistory({ row }: { row: SettingRow }) {
  const t = useTranslations('settings');
  const words = useSettingWords();
  const history = useLive<Page<SettingChange>>('setting.history', { key: row.key }, undefined, ['config']);
  const changes = history.data?.rows;
  return (
    <section className={styles.history} aria-label={t('history')}>
      <h3>{t('history')}</h3>
      {!changes && <PanelState problem={problemOf(history)} height={80} retry={() => history.refetch()} />}
      {changes?.length === 0 && <p className={styles.quiet}>{t('neverChanged')}</p>}
      <ol>
        {changes?.map((change) => (
          <li key={change.id}>
            <p>
              <strong>{change.who}</strong> <Time at={change.at} style="short" />
            </p>
            <p className={styles.values}>
              <del>{words.value(row, change.before)}</del> <span aria-hidden="true">→</span>{' '}
              <ins>{words.value(row, change.after)}</ins>
            </p>
            {change.reason && <p className={styles.quiet}>{change.reason}</p>}
          </li>
        ))}
      </ol>
      {history.data?.next && <p className={styles.quiet}>{t('olderInTrail')}</p>}
    </section>
  );
}

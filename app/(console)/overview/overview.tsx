'use client';

import { useTranslations } from 'next-intl';
import { formatTime } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { useZone } from '@/components/time';
import type { MerchantAttack } from '@/domain/overview/attack';
import type { AlertBacklog } from '@/domain/overview/backlog';
import type { OverviewHours } from '@/domain/overview/hours';
import type { LatestDecisions } from '@/domain/overview/latest';
import type { Pipeline } from '@/domain/overview/pipeline';
import type { BlockedPlace } from '@/domain/overview/places';
import { AttackBanner } from './attack-banner';
import { BacklogPanel } from './backlog-panel';
import { DecisionsPanel } from './decisions-panel';
import { LatestPanel } from './latest-panel';
import styles from './overview.module.css';
import { PipelinePanel } from './pipeline-panel';
import { PlacesPanel } from './places-panel';
import { OverviewStats } from './stats';
import { VolumePanel } from './volume-panel';

type Props = {
  initial: {
    hours?: OverviewHours;
    backlog?: AlertBacklog;
    latest?: LatestDecisions;
    places?: BlockedPlace[];
    pipeline?: Pipeline;
    attack?: { attack: MerchantAttack | null };
  };
  /** What this role may see besides the sums. */
  alerts: boolean;
  payments: boolean;
};

/** The last 24 hours against the 24 before, and what needs somebody now. */
export function Overview({ initial, alerts, payments }: Props) {
  const t = useTranslations('overview');
  const zone = useZone();
  const hours = useLive<OverviewHours>('overview.hours', {}, initial.hours, [], { every: 10_000 });
  const first = hours.data?.hours[0]?.at;
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          first &&
          t('range', {
            from: `${formatTime(first, zone, 'day')} ${formatTime(first, zone, 'time')}`,
            to: `${formatTime(hours.data?.now, zone, 'day')} ${formatTime(hours.data?.now, zone, 'time')}`,
          })
        }
      />
      <div className={styles.page}>
        {alerts && (
          <AttackBanner
            initial={initial.attack}
            currency={hours.data?.currency ?? 'EUR'}
            payments={payments}
          />
        )}
        <OverviewStats hours={hours.data} payments={payments} />
        <div className={styles.columns}>
          <div className={styles.wide}>
            <VolumePanel hours={hours} payments={payments} />
          </div>
          <div className={styles.narrow}>
            <DecisionsPanel hours={hours} payments={payments} />
            {alerts && <BacklogPanel initial={initial.backlog} />}
          </div>
        </div>
        <div className={styles.columns}>
          <div className={styles.wide}>
            <PlacesPanel initial={initial.places} payments={payments} />
          </div>
          {payments && (
            <div className={styles.narrow}>
              <LatestPanel initial={initial.latest} />
            </div>
          )}
        </div>
        <PipelinePanel initial={initial.pipeline} />
      </div>
    </>
  );
}

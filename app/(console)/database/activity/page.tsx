import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { activitySnapshot } from '@/domain/activity/queries';
import { healthSeries } from '@/domain/database/queries';
import { rangeOf } from '../range';
import { type ActivityParams, activityInput } from './activity-params';
import { ActivityView } from './activity-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('activity'))('title') };
}

export default async function ActivityPage({ searchParams }: { searchParams: Promise<ActivityParams> }) {
  const actor = await requireActor();
  const params = await searchParams;
  const snapshot = await forPage(activitySnapshot(actor, activityInput(params)));
  const series = await healthSeries(actor, { range: rangeOf(params.range, '1h') }).catch(() => undefined);
  return (
    <ActivityView
      snapshot={snapshot}
      series={series}
      mayCancel={may(actor.role, 'activity:cancel')}
      mayTerminate={may(actor.role, 'activity:terminate')}
    />
  );
}

import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { dashboardFreshness, jobDurations, listJobs } from '@/domain/jobs/queries';
import { JobsView } from './jobs-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('jobs'))('title') };
}

export default async function JobsPage() {
  const actor = await requireActor();
  const jobs = await forPage(listJobs(actor, {}));
  const [freshness, durations] = await Promise.all([
    dashboardFreshness(actor, {}).catch(() => undefined),
    jobDurations(actor, { job: 'refresh-fraud-dashboard' }).catch(() => undefined),
  ]);
  return (
    <JobsView
      jobs={jobs}
      freshness={freshness}
      durations={durations}
      mayChange={may(actor.role, 'job:run')}
      seesTrail={may(actor.role, 'audit:read')}
    />
  );
}

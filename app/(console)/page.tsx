import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { may } from '@/domain/access';
import {
  findMerchantAttack,
  getAlertBacklog,
  getPipeline,
  hourSeries,
  listBlockedPlaces,
  listLatestDecisions,
} from '@/domain/overview/queries';
import { Overview } from './overview/overview';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('overview'))('title') };
}

/** A panel whose first read failed reads again by itself and says what is wrong; the others are not its concern. */
const alone = <T,>(read: Promise<T>): Promise<T | undefined> => read.catch(() => undefined);

export default async function OverviewPage() {
  const actor = await requireActor();
  const alerts = may(actor.role, 'alert:read');
  const payments = may(actor.role, 'transaction:read');
  const [hours, backlog, latest, places, pipeline, attack] = await Promise.all([
    alone(hourSeries(actor, {})),
    alerts ? alone(getAlertBacklog(actor, {})) : undefined,
    payments ? alone(listLatestDecisions(actor, {})) : undefined,
    alone(listBlockedPlaces(actor, {})),
    alone(getPipeline(actor, {})),
    alerts ? alone(findMerchantAttack(actor, {})) : undefined,
  ]);
  return (
    <Overview
      initial={{ hours, backlog, latest, places, pipeline, attack }}
      alerts={alerts}
      payments={payments}
    />
  );
}

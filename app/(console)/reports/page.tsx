import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { readParams, type SearchParams } from '@/app/_server/search-params';
import { may } from '@/domain/access';
import { reportNames } from '@/domain/reports/input';
import {
  getReportAnalysts,
  getReportDays,
  getReportMerchants,
  getReportRules,
} from '@/domain/reports/queries';
import { reportSearch } from './report-search';
import { ReportsView } from './reports-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('reports'))('title') };
}

/** A panel whose first read failed reads again by itself; the others are not its concern. */
const alone = <T,>(allowed: boolean, read: () => Promise<T>): Promise<T | undefined> =>
  allowed ? read().catch(() => undefined) : Promise.resolve(undefined);

export default async function ReportsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const { order, periods } = reportSearch(await readParams(searchParams));
  const mays = {
    merchants: may(actor.role, 'transaction:read'),
    rules: may(actor.role, 'rule:read'),
    analysts: may(actor.role, 'report:read-analysts'),
  };
  const [days, merchants, rules, analysts] = await Promise.all([
    forPage(getReportDays(actor, periods)),
    alone(mays.merchants, () => getReportMerchants(actor, { ...periods, order })),
    alone(mays.rules, () => getReportRules(actor, periods)),
    alone(mays.analysts, () => getReportAnalysts(actor, periods)),
  ]);
  return (
    <ReportsView
      asked={periods}
      order={order}
      initial={{ days, merchants, rules, analysts }}
      may={mays}
      exports={reportNames.filter((name) => may(actor.role, `report:export-${name}`))}
    />
  );
}

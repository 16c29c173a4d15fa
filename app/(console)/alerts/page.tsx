import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { fitting, listParam, rangeParam, readParams, type SearchParams } from '@/app/_server/search-params';
import { may } from '@/domain/access';
import { type ListAlertsInput, listAlertsInput } from '@/domain/alerts/input';
import { getAlert, listAlerts } from '@/domain/alerts/queries';
import { Triage } from './triage';

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations('alerts'))('title'),
});

const inputOf = (params: Record<string, string | undefined>): ListAlertsInput => {
  const [amountFrom, amountTo] = rangeParam(params.amount);
  const [olderThanMinutes, youngerThanMinutes] = rangeParam(params.age);
  return fitting(listAlertsInput, {
    tab: params.tab,
    order: params.order,
    risk: listParam(params.risk),
    severity: listParam(params.severity),
    status: listParam(params.status),
    disposition: listParam(params.disposition),
    due: params.due,
    merchant: params.merchant,
    user: params.user,
    amountFrom,
    amountTo,
    olderThanMinutes,
    youngerThanMinutes,
  });
};

/** Triage: the queue at the left, the open alert at the right, its verdict below; everything by keyboard. */
export default async function AlertsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const input = inputOf(params);
  const list = await forPage(listAlerts(actor, input));
  const wanted = Number(params.alert) || (list.attacks[0]?.rows[0] ?? list.rows[0])?.id;
  const detail = wanted ? await getAlert(actor, { id: wanted }).catch(() => undefined) : undefined;
  return (
    <Triage
      input={input}
      list={list}
      detail={detail}
      person={{
        id: actor.userId,
        mayDecide: may(actor.role, 'alert:decide'),
        mayAssign: may(actor.role, 'alert:assign'),
      }}
    />
  );
}

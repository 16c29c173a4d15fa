import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { getAlert, listAssignees, nextAlert } from '@/domain/alerts/queries';
import { AlertPage } from '../alert-page';

type Props = { params: Promise<{ id: string }> };

/** `90417` and `A-90417`, as people write it. */
const idOf = (text: string): number => {
  const match = /^(?:[Aa]-)?(\d{1,15})$/.exec(decodeURIComponent(text));
  if (!match) notFound();
  return Number(match[1]);
};

export const generateMetadata = async ({ params }: Props): Promise<Metadata> => {
  const t = await getTranslations('alerts');
  return { title: t('detail', { id: `A-${idOf((await params).id)}` }) };
};

/** One alert on a page of its own: for links, for phones, and with room to read. */
export default async function AlertRoute({ params }: Props) {
  const id = idOf((await params).id);
  const actor = await requireActor();
  const mayAssign = may(actor.role, 'alert:assign');
  const [detail, next, assignees] = await Promise.all([
    forPage(getAlert(actor, { id })),
    forPage(nextAlert(actor, { after: id })),
    mayAssign ? listAssignees(actor, {}) : [],
  ]);
  return (
    <AlertPage
      detail={detail}
      nextId={next?.id ?? null}
      assignees={assignees}
      person={{ id: actor.userId, mayDecide: may(actor.role, 'alert:decide'), mayAssign }}
    />
  );
}

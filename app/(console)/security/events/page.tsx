import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { eventStates, eventTypes, severities } from '@/domain/security-events/kinds';
import { listSecurityEvents } from '@/domain/security-events/queries';
import { oneOf, readParams, type SearchParams, uuidOf } from '../search-params';
import { EventList } from './event-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('securityEvents'))('title') };
}

export default async function SecurityEventsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const given = severities.filter((each) => params.severity?.split(',').includes(each));
  const input = {
    state: oneOf(eventStates, params.state),
    severity: given.length > 0 ? given : undefined,
    type: oneOf(eventTypes, params.type),
    user: uuidOf(params.user),
    text: params.q?.slice(0, 100),
    cursor: params.cursor,
  };
  const page = await forPage(listSecurityEvents(actor, input));
  return (
    <EventList
      page={page}
      input={input}
      self={actor.userId}
      mayAct={may(actor.role, 'security-event:resolve')}
    />
  );
}

import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may, roles } from '@/domain/access';
import { listPeople } from '@/domain/people/queries';
import { oneOf, readParams, type SearchParams } from '../search-params';
import { PeopleList } from './people-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('people'))('title') };
}

export default async function PeoplePage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const active = oneOf(['yes', 'no'], params.active);
  const input = {
    text: params.q?.slice(0, 100),
    role: oneOf(roles, params.role),
    active: active && active === 'yes',
    cursor: params.cursor,
  };
  const page = await forPage(listPeople(actor, input));
  const self = { id: actor.userId, role: actor.role, mayChange: may(actor.role, 'person:create') };
  return <PeopleList page={page} input={input} self={self} />;
}

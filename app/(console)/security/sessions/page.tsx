import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { sessionStates } from '@/domain/sessions/input';
import { listSessions } from '@/domain/sessions/queries';
import { oneOf, readParams, type SearchParams, uuidOf } from '../search-params';
import { SessionList } from './session-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('sessions'))('title') };
}

export default async function SessionsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const input = {
    state: oneOf(sessionStates, params.state),
    user: uuidOf(params.user),
    text: params.q?.slice(0, 100),
    cursor: params.cursor,
  };
  const page = await forPage(listSessions(actor, input));
  return <SessionList page={page} input={input} mayEnd={may(actor.role, 'session:end')} />;
}

import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listApiKeys } from '@/domain/api-keys/queries';
import { oneOf, readParams, type SearchParams } from '../search-params';
import { KeyList } from './key-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('apiKeys'))('title') };
}

export default async function ApiKeysPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const input = { show: oneOf(['active', 'all'], params.show) ?? 'active', cursor: params.cursor };
  const page = await forPage(listApiKeys(actor, input));
  return <KeyList page={page} input={input} mayChange={may(actor.role, 'api-key:create')} />;
}

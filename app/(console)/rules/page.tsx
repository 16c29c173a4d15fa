import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listRules } from '@/domain/rules/queries';
import { listRulesParams } from './list-params';
import { RuleList } from './rule-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('rules'))('title') };
}

export default async function RulesPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const actor = await requireActor();
  const input = listRulesParams(await searchParams);
  const page = await forPage(listRules(actor, input));
  return <RuleList page={page} input={input} mayCreate={may(actor.role, 'rule:create')} />;
}

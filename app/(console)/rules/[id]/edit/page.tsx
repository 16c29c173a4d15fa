import type { Metadata } from 'next';
import { forbidden } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { getRule } from '@/domain/rules/queries';
import { RuleForm } from '../../editor/rule-form';
import { ruleIdOf } from '../../rule-id';

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getTranslations('rules'))('editTitle', { id: (await params).id }) };
}

export default async function EditRulePage({ params }: Props) {
  const actor = await requireActor();
  if (!may(actor.role, 'rule:edit')) forbidden();
  const ruleId = ruleIdOf((await params).id);
  const rule = await forPage(getRule(actor, { ruleId }));
  // The key keeps what is being typed when the page reads itself again.
  return <RuleForm key={ruleId} currency={rule.currency} rule={rule.head} versions={rule.versions.length} />;
}

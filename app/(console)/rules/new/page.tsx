import type { Metadata } from 'next';
import { forbidden } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { may } from '@/domain/access';
import { getRuleEditor } from '@/domain/rules/queries';
import { RuleForm } from '../editor/rule-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('rules'))('newTitle') };
}

export default async function NewRulePage() {
  const actor = await requireActor();
  if (!may(actor.role, 'rule:create')) forbidden();
  const { currency } = await getRuleEditor(actor, {});
  return <RuleForm currency={currency} />;
}

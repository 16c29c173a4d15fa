import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { getRule, ruleHits } from '@/domain/rules/queries';
import { ruleIdOf } from '../rule-id';
import { RuleView } from './rule-view';

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getTranslations('rules'))('pageTitle', { id: (await params).id }) };
}

export default async function RulePage({ params }: Props) {
  const actor = await requireActor();
  const ruleId = ruleIdOf((await params).id);
  const [rule, hits] = await Promise.all([
    forPage(getRule(actor, { ruleId })),
    ruleHits(actor, { ruleId, by: 'hour' }).catch(() => undefined),
  ]);
  const rights = {
    edit: may(actor.role, 'rule:edit'),
    activate: may(actor.role, 'rule:activate'),
    audit: may(actor.role, 'audit:read'),
  };
  return <RuleView rule={rule} hits={hits} rights={rights} />;
}

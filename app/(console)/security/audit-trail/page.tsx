import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listAudit, listAuditPeople } from '@/domain/audit-trail/queries';
import { readParams, type SearchParams } from '../search-params';
import { AuditList } from './audit-list';
import { auditFilterOf } from './filter';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('audit'))('title') };
}

export default async function AuditTrailPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const input = { ...auditFilterOf(params), cursor: params.cursor };
  const page = await forPage(listAudit(actor, input));
  const people = await forPage(listAuditPeople(actor, {}));
  return (
    <AuditList
      page={page}
      input={input}
      people={people}
      mayReview={may(actor.role, 'audit:review')}
      mayExport={may(actor.role, 'audit:export')}
    />
  );
}

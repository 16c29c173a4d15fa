import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { readParams, type SearchParams } from '@/app/_server/search-params';
import { may } from '@/domain/access';
import { apiUsage, apiUsageSeries } from '@/domain/api-usage/queries';
import { featureCacheSummary } from '@/domain/feature-cache/queries';
import { listProcesses, metricSeries } from '@/domain/metrics/queries';
import { listStream, streamSummary } from '@/domain/stream/queries';
import { figuresInput, letterInput, rangeOf, tabOf, usageInput } from './pipeline-params';
import { PipelineView } from './pipeline-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pipeline'))('title') };
}

/** What cannot be read now says so in its panel, and is read again from the browser. */
const orLater = <T,>(read: Promise<T>): Promise<T | undefined> => read.catch(() => undefined);
const nothing = Promise.resolve(undefined);

export default async function PipelinePage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const params = await readParams(searchParams);
  const tab = tabOf(params);
  const range = rangeOf(params);
  const summary = await forPage(streamSummary(actor, {}));
  const [figures, usage, calls, letters, cache, processes] = await Promise.all([
    orLater(metricSeries(actor, figuresInput(range))),
    orLater(apiUsage(actor, usageInput({ range }))),
    orLater(apiUsageSeries(actor, usageInput({ range }))),
    tab === 'stream' ? orLater(listStream(actor, letterInput(params))) : nothing,
    tab === 'cache' ? orLater(featureCacheSummary(actor, {})) : nothing,
    orLater(listProcesses(actor, {})),
  ]);
  return (
    <PipelineView
      initial={{ summary, figures, usage, calls, letters, cache, processes }}
      mayAct={may(actor.role, 'stream:redrive')}
      maySeeTrail={may(actor.role, 'audit:read')}
    />
  );
}

'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatNumber, formatPercent } from '@/components/format';
import { Note } from '@/components/note';
import { scoreFeature } from '@/domain/models/drift';
import type { ChampionDrift, ChampionQuality } from '@/domain/models/watch';
import { dayWords, useDriftWords } from './drift/words';

const page = '/models/drift';

/** What a person should know at once: that the champion got worse, or sees something else than it was made for. */
export function WatchNotices({ drift, quality }: { drift?: ChampionDrift; quality?: ChampionQuality }) {
  const t = useTranslations('models');
  const words = useDriftWords();
  const worse = quality?.verdict === 'worse' || quality?.verdict === 'far_worse';
  const far = drift?.features.filter(({ verdict }) => verdict === 'significant') ?? [];
  // The score is none of the features, but says so where it alone has moved.
  const features = far.filter(({ feature }) => feature !== scoreFeature);
  const worst = features[0] ?? far[0];
  return (
    <>
      {worse && quality.standing && (
        <Note
          tone={quality.verdict === 'far_worse' ? 'fraud' : 'review'}
          title={t('gotWorse', {
            name: `${quality.model.name} ${quality.model.version}`,
            figure: t(quality.standing.fall.figure),
            before: formatNumber(quality.standing.fall.before.value, 3),
            after: formatNumber(quality.standing.fall.after.value, 3),
          })}
        >
          {t('gotWorseBy', { least: formatPercent(quality.standing.fall.least) })}
        </Note>
      )}
      {worst && drift?.day && (
        <Note
          tone="review"
          title={t('drifted', { count: Math.max(1, features.length), day: dayWords(drift.day) })}
          action={
            <Button component={Link} href={page} variant="default" size="xs">
              {t('seeDrift')}
            </Button>
          }
        >
          {t('driftedMost', { feature: words.feature(worst.feature), psi: formatNumber(worst.psi, 2) })}
        </Note>
      )}
    </>
  );
}

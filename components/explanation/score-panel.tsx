'use client';

import { useTranslations } from 'next-intl';
import { Contributions, Legend } from '@/components/charts';
import { formatScore, formatSigned } from '@/components/format';
import { Panel } from '@/components/panel';
import type { Explanation } from '@/domain/transactions/explain';
import styles from './explanation.module.css';
import { useRuleWords } from './words';

const shown = 8;

/** What moved the score: the model's additive contributions, from the base rate to the probability, and the rules' points. */
export function ScorePanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explanation');
  const charts = useTranslations('charts');
  const words = useRuleWords(explanation.baseCurrency);
  const { model, payment, rules } = explanation;
  if (!model) return <Panel title={t('moved')} empty={{ title: t('noModel'), hint: t('noModelHint') }} />;
  const parts = [...model.parts].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const top = parts.slice(0, shown).sort((a, b) => b.contribution - a.contribution);
  const others = parts.slice(shown);
  const sum = model.parts.reduce((total, part) => total + part.contribution, 0);
  const rest = others.reduce((total, part) => total + part.contribution, 0);
  const rows = top.map((part) => ({
    label: words.field(part.field),
    seen: words.fieldValue(part.field, part.value),
    value: part.contribution,
  }));
  const after = rows.findIndex((row) => row.value < rest);
  if (others.length > 0)
    rows.splice(after < 0 ? rows.length : after, 0, {
      label: t('otherFeatures', { count: others.length }),
      seen: '',
      value: rest,
    });
  const points = rules.reduce((total, rule) => total + (rule.points ?? 0), 0);
  return (
    <Panel
      title={t('moved')}
      actions={
        <span className={styles.wide}>
          <Legend
            entries={[
              { label: charts('towardsGenuine'), color: 'var(--vg-ok)' },
              { label: charts('towardsFraud'), color: 'var(--vg-fraud)' },
            ]}
          />
        </span>
      }
      table={{
        head: [t('feature'), t('seen'), t('logOdds')],
        rows: parts.map((part) => [
          words.field(part.field),
          words.fieldValue(part.field, part.value),
          part.contribution,
        ]),
      }}
      csvName={`contributions-${payment.id}`}
    >
      <Contributions rows={rows} />
      <p className={styles.sum}>
        {t('sum', {
          base: formatSigned(model.base),
          features: formatSigned(sum),
          total: formatSigned(model.base + sum),
          probability: formatScore(model.probability),
        })}
        {rules.length > 0 && (
          <> {t('rulesAdd', { points: formatSigned(points), score: formatScore(payment.score) })}</>
        )}
      </p>
    </Panel>
  );
}

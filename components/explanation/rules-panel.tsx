'use client';

import { IconPlus } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Badge, DecisionBadge } from '@/components/badge';
import { formatRuleId, formatSigned, NBSP } from '@/components/format';
import { Panel } from '@/components/panel';
import type { Explanation, FiredRule } from '@/domain/transactions/explain';
import type { RuleTest } from '@/domain/transactions/rule-tests';
import styles from './explanation.module.css';
import { type ExplanationWords, useRuleWords } from './words';

const signs = { eq: '=', ne: '≠', lt: '<', lte: '≤', gt: '>', gte: '≥' } as const;

function limitText({ leaf, other }: RuleTest, words: ExplanationWords): string {
  if (leaf.op === 'missing' || leaf.op === 'present') return '';
  if (leaf.op === 'in' || leaf.op === 'notIn')
    return `${leaf.op === 'in' ? '∈' : '∉'}${NBSP}${leaf.values.map((v) => words.fieldValue(leaf.field, v)).join(', ')}`;
  if (leaf.op === 'between')
    return `${words.fieldValue(leaf.field, leaf.low)} – ${words.fieldValue(leaf.field, leaf.high)}`;
  const sign = signs[leaf.op];
  if (leaf.than) {
    const { field, times = 1 } = leaf.than;
    // As a number where the other field had one: "≥ € 140.55" says more than "≥ 5 × the mean".
    return typeof other === 'number'
      ? `${sign}${NBSP}${words.fieldValue(leaf.field, other * times)}`
      : `${sign}${NBSP}${times}${NBSP}×${NBSP}${words.field(field)}`;
  }
  if (typeof leaf.value === 'boolean') return words.fieldValue(leaf.field, leaf.value);
  return `${sign}${NBSP}${words.fieldValue(leaf.field, leaf.value ?? null)}`;
}

/** "5 × Mean amount on card in 30 days", for a limit that is another field. */
function limitTitle({ leaf }: RuleTest, words: ExplanationWords): string | undefined {
  if (!('than' in leaf) || !leaf.than) return undefined;
  return `${leaf.than.times ?? 1}${NBSP}×${NBSP}${words.field(leaf.than.field)}`;
}

function Outcome({ rule }: { rule: FiredRule }) {
  const t = useTranslations('explanation');
  return (
    <span className={styles.outcome}>
      {rule.decision && <DecisionBadge decision={rule.decision} />}
      {rule.points !== null && rule.points !== 0 && (
        <Badge icon={rule.points > 0 ? IconPlus : undefined}>
          {t('points', { points: formatSigned(rule.points).replace(/^\+/, '') })}
        </Badge>
      )}
    </span>
  );
}

/** Which rules fired, what each looked at, what it saw against its limit, and what it did. */
export function RulesPanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explanation');
  const words = useRuleWords(explanation.baseCurrency);
  const { rules, liveRules } = explanation;
  return (
    <Panel
      title={t('rulesFired')}
      question={t('rulesCount', { fired: rules.length, live: liveRules })}
      flush={rules.length > 0}
    >
      {rules.length === 0 ? (
        <p className={styles.quiet}>{t('noRules')}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('rule')}</th>
                <th scope="col">{t('looksAt')}</th>
                <th scope="col" data-align="right">
                  {t('seen')}
                </th>
                <th scope="col" data-align="right">
                  {t('limit')}
                </th>
                <th scope="col">{t('outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {rules.flatMap((rule) =>
                (rule.tests.length > 0 ? rule.tests : [null]).map((test, i) => (
                  <tr key={`${rule.ruleId}-${i}`} data-more={i > 0 || undefined}>
                    <td>
                      {i === 0 && (
                        <Link
                          href={`/rules/${rule.ruleId}`}
                          title={`${rule.name}, v${rule.version}`}
                          className="vg-mono"
                        >
                          {formatRuleId(rule.ruleId)}
                        </Link>
                      )}
                    </td>
                    <td title={test?.leaf.field} data-wrap>
                      {test ? words.field(test.leaf.field) : rule.name}
                    </td>
                    <td data-align="right">
                      <strong>{test && words.fieldValue(test.leaf.field, test.seen)}</strong>
                    </td>
                    <td data-align="right" title={test ? limitTitle(test, words) : undefined}>
                      {test && limitText(test, words)}
                    </td>
                    <td>{i === 0 && <Outcome rule={rule} />}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

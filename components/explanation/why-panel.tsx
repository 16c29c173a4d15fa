'use client';

import {
  IconAlertTriangle,
  IconBuildingStore,
  IconCoins,
  IconDeviceMobile,
  IconMapPin,
  IconMoon,
  IconRepeat,
  IconRobot,
  IconWorld,
} from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ComponentType } from 'react';
import { ScoreScale } from '@/components/charts';
import { formatMs, formatRuleId, formatScore } from '@/components/format';
import { Panel } from '@/components/panel';
import type { Explanation } from '@/domain/transactions/explain';
import styles from './explanation.module.css';
import { splitSentence, useRuleWords } from './words';

type Icon = ComponentType<{ size?: number; stroke?: number }>;

const icons: Record<string, Icon> = {
  cardTesting: IconRepeat,
  cardVelocity: IconRepeat,
  userVelocity: IconRepeat,
  roundTheClock: IconMoon,
  nightNewMerchantHighAmount: IconMoon,
  impossibleTravel: IconMapPin,
  newCountryHighAmount: IconMapPin,
  merchantUnderAttack: IconBuildingStore,
  merchantFraudRate: IconBuildingStore,
  manyUsersOnDevice: IconDeviceMobile,
  manyCardsOnDevice: IconDeviceMobile,
  newDeviceHighAmount: IconDeviceMobile,
  manyCardsOnIp: IconWorld,
  amountFarFromHabit: IconCoins,
  firstPaymentHigh: IconCoins,
};

/** How many of the model's strongest reasons stand in for rules where none has fired. */
const modelReasons = 3;

type Reason = { key: string; sentence: string; icon: Icon };

function useReasons(explanation: Explanation): Reason[] {
  const t = useTranslations('explanation');
  const words = useRuleWords(explanation.baseCurrency);
  const fired = explanation.rules.map((rule) => ({
    key: `rule-${rule.ruleId}`,
    sentence: words.reason(rule.reason),
    icon: icons[rule.reason.code] ?? IconAlertTriangle,
  }));
  if (fired.length > 0) return fired;
  const units = new Map(explanation.features.map(({ field, value }) => [field, value]));
  return [...(explanation.model?.parts ?? [])]
    .filter((part) => part.contribution > 0.05)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, modelReasons)
    .map((part) => ({
      key: part.field,
      sentence: t('modelReason', {
        field: words.field(part.field),
        value: words.fieldValue(part.field, units.get(part.field) ?? part.value),
      }),
      icon: IconRobot,
    }));
}

/** Why: the score on its scale and the reasons in sentences. */
export function WhyPanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explanation');
  const { payment, model, rules, thresholds } = explanation;
  const reasons = useReasons(explanation);
  const first = rules[0];
  const by = first
    ? t('byRule', { rule: formatRuleId(first.ruleId), others: rules.length - 1 })
    : t('byScore');
  const meta = [
    model && t('byModel', { model: `${model.name} ${model.version}` }),
    by,
    payment.latencyMs !== null && t('decidedIn', { time: formatMs(payment.latencyMs) }),
  ].filter(Boolean);
  return (
    <Panel title={t('why')} meta={<span className={styles.meta}>{meta.join(', ')}</span>}>
      <div className={styles.score}>
        <div>
          <div className={styles.scoreValue}>{formatScore(payment.score)}</div>
          <div className={styles.scoreLabel}>{t('score')}</div>
        </div>
        <ScoreScale score={payment.score} reviewAt={thresholds.reviewAt} blockAt={thresholds.blockAt} />
      </div>
      {explanation.patterns.length > 0 && (
        <p className={styles.patterns}>
          {t('patterns')}
          {explanation.patterns.map((name) => (
            <Link key={name} href={`/patterns?open=${encodeURIComponent(name)}`} prefetch={false}>
              {name}
            </Link>
          ))}
        </p>
      )}
      {reasons.length === 0 ? (
        <p className={styles.quiet}>{t('noReason')}</p>
      ) : (
        <ul className={styles.reasons}>
          {reasons.map(({ key, sentence, icon: Mark }) => {
            const [strong, rest] = splitSentence(sentence);
            return (
              <li key={key}>
                <Mark size={16} stroke={1.75} />
                <span>
                  <strong>{strong}</strong>
                  {rest}.
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}

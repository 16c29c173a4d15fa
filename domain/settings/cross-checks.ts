import type { FieldIssue } from '@/domain/errors';
import type { SettingKey, SettingValue } from './catalogue';

export type SettingValues = { [K in SettingKey]: SettingValue<K> };

type CrossCheck = {
  /** The settings it looks at: changing one of them asks it. */
  keys: readonly SettingKey[];
  broken: (values: SettingValues) => Omit<FieldIssue, 'field'> | null;
};

const ascending = (steps: readonly number[]): boolean =>
  steps.every((step, index) => index === 0 || step > steps[index - 1]!);

/** What must hold between settings, each of which is right by itself; worded in `errors.field.<rule>`. */
const crossChecks: readonly CrossCheck[] = [
  {
    keys: ['decision.review_at', 'decision.block_at'],
    broken: (values) =>
      values['decision.review_at'] < values['decision.block_at']
        ? null
        : {
            rule: 'review_below_block',
            values: { review: values['decision.review_at'], block: values['decision.block_at'] },
          },
  },
  {
    keys: ['decision.risk_bands'],
    broken: ({ 'decision.risk_bands': bands }) =>
      ascending([0, bands.low, bands.medium, bands.high, bands.critical])
        ? null
        : { rule: 'bands_ascending' },
  },
  {
    keys: ['alert.sla_minutes'],
    broken: ({ 'alert.sla_minutes': sla }) =>
      sla.critical <= sla.warning && sla.warning <= sla.info ? null : { rule: 'sla_by_severity' },
  },
  {
    keys: ['session.idle_minutes', 'session.absolute_hours'],
    broken: (values) =>
      values['session.idle_minutes'] <= values['session.absolute_hours'] * 60
        ? null
        : { rule: 'idle_within_absolute', values: { hours: values['session.absolute_hours'] } },
  },
  {
    keys: ['currency.base', 'currency.rates'],
    broken: (values) =>
      values['currency.rates'][values['currency.base']] === 1
        ? null
        : { rule: 'base_rate_is_one', values: { currency: values['currency.base'] } },
  },
];

/** The first rule between settings that a change of `key` would break, at the field `value`. */
export const crossCheck = (key: SettingKey, values: SettingValues): FieldIssue | null => {
  for (const check of crossChecks) {
    const broken = check.keys.includes(key) ? check.broken(values) : null;
    if (broken) return { field: 'value', ...broken };
  }
  return null;
};

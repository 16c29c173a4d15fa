import { type Feature, type FeatureEntity, features, habitMinimum } from './features';

const titles: Record<FeatureEntity, string> = {
  user: 'User',
  card: 'Card',
  device: 'Device',
  ip: 'IP address',
  merchant: 'Merchant',
  payment: 'The payment itself',
};

function window(feature: Feature): string {
  const seconds = feature.windowSeconds;
  if (seconds === null) return '–';
  const text =
    seconds < 3600
      ? `${seconds / 60} min`
      : seconds <= 86_400
        ? `${seconds / 3600} h`
        : `${seconds / 86_400} d`;
  const long = seconds > 86_400 && (feature.entity === 'ip' || feature.entity === 'merchant');
  return long ? `${text} ⌚` : text;
}

const row = (feature: Feature) =>
  `| \`${feature.field}\` | ${feature.description} | ${feature.unit} | ${window(feature)} | ${feature.nullRule} |`;

const section = (entity: FeatureEntity) => `## ${titles[entity]}

| name | meaning | unit | window | missing |
|---|---|---|---|---|
${features
  .filter((feature) => feature.entity === entity)
  .map(row)
  .join('\n')}
`;

/** The text of `docs/features.md`, generated from the catalogue. */
export const featuresDocument = (): string => `# Features

What the model and the rules see of a payment besides what it says itself: ${features.length} values, computed from the payments recorded
before it and stored with its decision in \`ml_features\` (column: the name with \`_\` for \`.\`). This page is generated from
\`domain/transactions/features.ts\` by \`node --import tsx cli/features-document.ts\`; a test keeps the two equal.

- **Point in time.** \`t\` is the payment's timestamp. A feature is a function of the payments recorded before this one with a
  timestamp not after its own, and of labels known by then (\`labelled_at\` ≤ \`t\`). The payment itself is not counted. A late
  payment changes nothing that was decided.
- **Windows** are (t − w, t]. ⌚: the 7 and 30 day windows of merchant and IP address begin at the full hour, [floor_hour(t − w), t],
  so that a busy merchant is summed from closed hours and days (\`feature_cache\`) with the same result as without.
- **Recorded before**: for user and card exact, also between processes (\`record_decision\` refuses what was decided from an older
  state); for merchant, device and IP address what was visible to its read, or stands earlier in its block.
- **Money** is in the base currency, at the rates of \`currency.rates\`. Hours and days are UTC.
- **Missing** is neither 0 nor no: a rule's test of a missing value is unknown, and the model's input adds nothing. A habit needs
  ${habitMinimum} payments in 30 days.

${(Object.keys(titles) as FeatureEntity[]).map(section).join('\n')}`;

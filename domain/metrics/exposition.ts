/** One sample of a Prometheus exposition. */
export type ExposedSample = { name: string; labels: Record<string, string>; value: number };

// Numbers as Go reads them, which takes NaN in any case.
const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?(?:[0-9.e+-]+|Inf)|\+Inf|nan)$/i;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const found = label.exec(text);
    if (!found?.[1]) throw new Error(`labels cannot be read: ${text}`);
    if (found[1] in labels) throw new Error(`a label twice: ${text}`);
    labels[found[1]] = found[2] ?? '';
  }
  return labels;
};

/** The family that a sample belongs to: histograms and summaries add to its name. */
const familyOf = (name: string, types: ReadonlyMap<string, string>): string | undefined =>
  [name, name.replace(/_(bucket|sum|count)$/, '')].find((family) => types.has(family));

/**
 * Reads Prometheus' text format 0.0.4, strictly; what `/metrics` serves must pass.
 * @throws Error for a line that cannot be read, a sample without TYPE and HELP, or one that comes twice
 */
export const parseExposition = (text: string): ExposedSample[] => {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  const samples: ExposedSample[] = [];
  for (const row of text.split('\n').filter(Boolean)) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(row);
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string];
      if (kind === 'HELP') helped.add(name);
      else if (types.has(name)) throw new Error(`${name} has two types`);
      else types.set(name, rest);
      continue;
    }
    const found = line.exec(row);
    if (!found?.[1]) throw new Error(`a line cannot be read: ${row}`);
    const family = familyOf(found[1], types);
    if (!family || !helped.has(family)) throw new Error(`${found[1]} has no type or no help`);
    const labels = labelsOf(found[2] ?? '');
    const key = `${found[1]} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (seen.has(key)) throw new Error(`twice: ${row}`);
    seen.add(key);
    samples.push({ name: found[1], labels, value: Number(found[3]?.replace('Inf', 'Infinity')) });
  }
  return samples;
};

/** The sum of the samples of a name whose labels include these. */
export const exposed = (
  samples: readonly ExposedSample[],
  name: string,
  labels: Record<string, string> = {},
): number =>
  samples
    .filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);

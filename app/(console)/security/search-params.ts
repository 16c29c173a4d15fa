export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The first value of each parameter; an empty one counts as absent. */
export const readParams = async (given: SearchParams): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(await given).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value[0] : value) || undefined,
    ]),
  );

/** The value when it is one of those that exist; a parameter that somebody changed by hand counts as absent. */
export const oneOf = <T extends string>(allowed: readonly T[], value: string | undefined): T | undefined =>
  allowed.find((each) => each === value);

/** `2026-11-01..2026-11-17` as the days it names, where they exist. */
export const daysOf = (value: string | undefined): { from?: string; to?: string } => {
  const [from = '', to = ''] = (value ?? '').split('..');
  const day = (text: string): string | undefined =>
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
  return { from: day(from), to: day(to) };
};

export const uuidOf = (value: string | undefined): string | undefined =>
  value && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value : undefined;

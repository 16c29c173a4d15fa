import type { z } from 'zod';

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

const one = (value: string | string[] | undefined): string | undefined => {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text.trim() === '' ? undefined : text;
};

/** The search parameters of a page as single texts; empty ones are absent. */
export const readParams = async (params: SearchParams): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(await params).map(([key, value]) => [key, one(value)]));

/** `a,b` as a list. */
export const listParam = (value: string | undefined): string[] | undefined =>
  value?.split(',').filter((part) => part !== '');

/** `10..50`, `10..`, `..50` as its two ends. */
export const rangeParam = (value: string | undefined): [from: string | undefined, to: string | undefined] => {
  if (value === undefined) return [undefined, undefined];
  const [from, to] = value.split('..');
  return [from || undefined, to || undefined];
};

/** What of `raw` fits the schema: a filter that somebody has mistyped in the address is left out, not an error. */
export const fitting = <S extends z.ZodObject>(schema: S, raw: Record<string, unknown>): z.output<S> => {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  return schema.parse(Object.fromEntries(Object.entries(raw).filter(([key]) => !wrong.has(key))));
};

import { holdsCardNumber } from './card-number';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Bounds of a payment's metadata. */
export const metadataLimits = { bytes: 16_384, depth: 6, entries: 500, keyLength: 200 } as const;

export type MetadataProblem = {
  /** Where in the metadata, from its own root. */
  path: (string | number)[];
  rule:
    | 'not_an_object'
    | 'too_large'
    | 'too_deep'
    | 'too_many_entries'
    | 'forbidden_key'
    | 'key_length'
    | 'forbidden_character'
    | 'unsafe_number'
    | 'card_number';
  values?: Record<string, number>;
};

// PostgreSQL keeps neither NUL nor half a surrogate pair in jsonb.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what this looks for
const unkeepable = /\u0000|\p{Cs}/u;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

const textProblem = (text: string): 'forbidden_character' | 'card_number' | null => {
  if (unkeepable.test(text)) return 'forbidden_character';
  return holdsCardNumber(text) ? 'card_number' : null;
};

const leafProblem = (value: unknown): MetadataProblem['rule'] | null => {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value !== 'number') return value === null || typeof value === 'boolean' ? null : 'not_an_object';
  if (!Number.isFinite(value)) return 'unsafe_number';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'unsafe_number';
  return holdsCardNumber(String(value)) ? 'card_number' : null;
};

const keyProblem = (key: string): MetadataProblem['rule'] | null => {
  if (forbiddenKeys.has(key)) return 'forbidden_key';
  if (key.length > metadataLimits.keyLength) return 'key_length';
  return textProblem(key);
};

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * The first thing that keeps a value from being stored as metadata, or null. It walks without recursion and stops at
 * the limits, so that its cost is bounded whatever it is given.
 */
export const metadataProblem = (metadata: unknown): MetadataProblem | null => {
  if (!isContainer(metadata) || Array.isArray(metadata)) return { path: [], rule: 'not_an_object' };
  const open: { value: object; path: (string | number)[] }[] = [{ value: metadata, path: [] }];
  let entries = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    for (const [key, inner] of Object.entries(value)) {
      entries += 1;
      if (entries > metadataLimits.entries)
        return { path: [], rule: 'too_many_entries', values: { maximum: metadataLimits.entries } };
      const name = Array.isArray(value) ? null : keyProblem(key);
      // The key itself may be what must not be repeated in an answer or a log.
      if (name) return { path, rule: name };
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (isContainer(inner)) {
        if (at.length >= metadataLimits.depth)
          return { path: at, rule: 'too_deep', values: { maximum: metadataLimits.depth } };
        open.push({ value: inner, path: at });
        continue;
      }
      const rule = leafProblem(inner);
      if (rule) return { path: at, rule };
    }
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > metadataLimits.bytes)
    return { path: [], rule: 'too_large', values: { maximum: metadataLimits.bytes } };
  return null;
};

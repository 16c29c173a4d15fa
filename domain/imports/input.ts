import { z } from 'zod';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

export const beginImportInput = z.strictObject({
  /** As the person who imports named it. */
  file: z.string().min(1).max(500),
  /** SHA-256 (hex) over the content and the options. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  options: z.record(z.string(), z.unknown()),
  rows: count,
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** In which there are payments. */
  months: z.array(month).min(1).max(1000),
});

export const finishImportInput = z.strictObject({ id: z.number().int().positive() });

import { z } from 'zod';

const name = z.string().min(1).max(63);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

/** A piece of a table as it lies in the file: compressed, so many bytes with this sum. */
const chunk = z.strictObject({ member: z.string().max(100), size: count, sha256: digest });

const table = z.strictObject({
  name,
  columns: z.array(name).min(1),
  rows: count,
  /** Of the whole text, uncompressed, as COPY writes it. */
  bytes: count,
  sha256: digest,
  chunks: z.array(chunk),
});

/** A partition with what makes it: where it hangs, its bound, how it is divided again, its options and own checks. */
const partition = z.strictObject({
  name,
  parent: name,
  bound: z.string(),
  key: z.string().nullable(),
  options: z.array(z.string()),
  checks: z.array(z.strictObject({ name, definition: z.string() })),
});

/** What is in a backup; its last member but one, before its own sum. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  id: z.uuid(),
  /** The moment that the backup shows. */
  madeAt: z.iso.datetime({ offset: true }),
  database: name,
  server: z.strictObject({ version: z.string(), number: z.number().int() }),
  /** SHA-256 of each migration that the database had, in their order. */
  migrations: z.array(digest),
  tables: z.array(table),
  partitions: z.array(partition),
  /** Last values; null: never used. */
  sequences: z.array(
    z.strictObject({
      name,
      last: z
        .string()
        .regex(/^-?\d+$/)
        .nullable(),
    }),
  ),
  hasSecrets: z.boolean(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type BackedTable = Manifest['tables'][number];
export type BackedPartition = Manifest['partitions'][number];

export const manifestMember = 'manifest.json';
export const manifestSum = 'manifest.sha256';
export const secretsMember = 'secrets.json';

import type { ZodError } from 'zod';
import { type FieldIssue, fieldIssues } from '@/domain/errors';
import { outsideId, type Payment, payloadHash, paymentInput } from '@/domain/transactions/input';
import { paymentLimit, readJson } from '../media';
import { Turns } from '../turns';
import { NotABatch, type Part } from './parts';

/** One part of a batch, read: what it is, or what is wrong with it. */
export type Read<T> = { line: number; id: string | null } & (T | { issues: FieldIssue[] });
/** One payment of a batch with the hash of its content. */
export type Line = Read<{ payment: Payment; hash: string }>;

/** How the answer names a line; one without an id that could be read has none. */
export const nameOf = ({ line, id }: { line: number; id: string | null }) => ({
  line,
  ...(id === null ? {} : { transaction_id: id }),
});

const idOf = (sent: unknown): string | null => {
  if (typeof sent !== 'object' || sent === null) return null;
  const id = outsideId.safeParse((sent as { transaction_id?: unknown }).transaction_id);
  return id.success ? id.data : null;
};

type Reader<T> = (sent: unknown) => { success: true; data: T } | { success: false; error: ZodError };

/** A payment as it is read alone. */
export const readPayment: Reader<{ payment: Payment; hash: string }> = (sent) => {
  const parsed = paymentInput.safeParse(sent);
  return parsed.success
    ? { success: true, data: { payment: parsed.data, hash: payloadHash(parsed.data) } }
    : parsed;
};

const readPart = <T extends object>(
  { line, bytes }: Part,
  jsonIsWhole: boolean,
  read: Reader<T>,
): Read<T> => {
  if (bytes.length > paymentLimit)
    return {
      line,
      id: null,
      issues: [{ field: '', rule: 'too_large', values: { maximum: paymentLimit } }],
    };
  let sent: unknown;
  try {
    sent = readJson(bytes);
  } catch {
    if (jsonIsWhole) throw new NotABatch('invalid_json');
    return { line, id: null, issues: [{ field: '', rule: 'invalid_json' }] };
  }
  const found = read(sent);
  return found.success
    ? { line, id: idOf(sent), ...found.data }
    : { line, id: idOf(sent), issues: fieldIssues(found.error) };
};

/**
 * Reads the parts of a batch one by one as they are read when sent alone, and gives way to other calls meanwhile.
 * @param jsonIsWhole a part that is not JSON spoils the whole (an array), not only itself (NDJSON)
 * @throws NotABatch
 */
export async function readParts<T extends object>(
  parts: readonly Part[],
  jsonIsWhole: boolean,
  read: Reader<T>,
): Promise<Read<T>[]> {
  const turns = new Turns();
  const lines: Read<T>[] = [];
  for (const part of parts) {
    lines.push(readPart(part, jsonIsWhole, read));
    await turns.pass();
  }
  return lines;
}

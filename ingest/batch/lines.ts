import { type FieldIssue, fieldIssues } from '@/domain/errors';
import { outsideId, type Payment, payloadHash, paymentInput } from '@/domain/transactions/input';
import { paymentLimit, readJson } from '../media';
import { Turns } from '../turns';
import { NotABatch, type Part } from './parts';

/** One payment of a batch, read: the payment with the hash of its content, or what is wrong with it. */
export type Line = { line: number; id: string | null } & (
  | { payment: Payment; hash: string }
  | { issues: FieldIssue[] }
);

const idOf = (sent: unknown): string | null => {
  if (typeof sent !== 'object' || sent === null) return null;
  const id = outsideId.safeParse((sent as { transaction_id?: unknown }).transaction_id);
  return id.success ? id.data : null;
};

const readPart = ({ line, bytes }: Part, jsonIsWhole: boolean): Line => {
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
  const parsed = paymentInput.safeParse(sent);
  return parsed.success
    ? { line, id: parsed.data.transaction_id, payment: parsed.data, hash: payloadHash(parsed.data) }
    : { line, id: idOf(sent), issues: fieldIssues(parsed.error) };
};

/**
 * Reads the parts of a batch as a payment sent alone is read, and gives way to other calls meanwhile.
 * @param jsonIsWhole a part that is not JSON spoils the whole (an array), not only itself (NDJSON)
 * @throws NotABatch
 */
export async function readParts(parts: readonly Part[], jsonIsWhole: boolean): Promise<Line[]> {
  const turns = new Turns();
  const lines: Line[] = [];
  for (const part of parts) {
    lines.push(readPart(part, jsonIsWhole));
    await turns.pass();
  }
  return lines;
}

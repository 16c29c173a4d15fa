import type { FieldIssue } from '@/domain/errors';
import type { Queued } from '@/domain/stream/queue-payments';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import type { Standing } from '@/domain/transactions/stored-outcome';
import { conflictIssue } from '../misfit';
import { type WordedIssue, wordedIssues, wordedStreamError } from '../problems';
import { Turns } from '../turns';
import { type Line, nameOf } from './lines';

/** What became of one payment of a batch. */
export type BatchResult = { line: number; transaction_id?: string } & (
  | { result: 'accepted' }
  | {
      result: 'same';
      status: Standing['standing'];
      answer?: DecisionAnswer;
      error?: { code: string; message: string };
    }
  | { result: 'conflict' | 'invalid'; errors: WordedIssue[] }
);

export type BatchAnswer = Record<BatchResult['result'], number> & { results: BatchResult[] };

/** A result whose answer, if it has one, is still the text that was given. */
type Told = { result: BatchResult; answer?: string };

const refused = (named: object, result: 'conflict' | 'invalid', issues: readonly FieldIssue[]): Told => ({
  result: { ...named, result, errors: wordedIssues(issues) } as BatchResult,
});

const same = (named: object, standing: Standing): Told => ({
  result: {
    ...named,
    result: 'same',
    status: standing.standing,
    ...('error' in standing ? { error: wordedStreamError(standing.error) } : {}),
  } as BatchResult,
  ...(standing.standing === 'decided' ? { answer: standing.answer } : {}),
});

/** @param accepted ids that an earlier line was accepted under */
const tell = (line: Line, kept: ReadonlyMap<string, Queued>, accepted: Set<string>): Told => {
  const named = nameOf(line);
  if ('issues' in line) return refused(named, 'invalid', line.issues);
  const id = line.payment.transaction_id;
  const queued = kept.get(id);
  if (!queued || queued.kind === 'forgotten' || queued.hash !== line.hash)
    return refused(named, 'conflict', [conflictIssue]);
  if (queued.kind === 'known') return same(named, queued.standing);
  if (accepted.has(id)) return same(named, { standing: 'queued' });
  accepted.add(id);
  return { result: { ...named, result: 'accepted' } };
};

/**
 * The answer to a batch as JSON (BatchAnswer): one result a line, in their order, an answer byte for byte as it was
 * given. Of several lines with one id the first that was kept is the accepted one.
 */
export async function batchAnswer(
  lines: readonly Line[],
  kept: ReadonlyMap<string, Queued>,
): Promise<{ text: string; accepted: number }> {
  const turns = new Turns();
  const accepted = new Set<string>();
  const counts = { accepted: 0, same: 0, conflict: 0, invalid: 0 };
  const results: string[] = [];
  for (const line of lines) {
    const { result, answer } = tell(line, kept, accepted);
    counts[result.result] += 1;
    const text = JSON.stringify(result);
    results.push(answer === undefined ? text : `${text.slice(0, -1)},"answer":${answer}}`);
    await turns.pass();
  }
  const head = JSON.stringify(counts).slice(0, -1);
  return { text: `${head},"results":[${results.join()}]}`, accepted: counts.accepted };
}

import type { FieldIssue } from '@/domain/errors';
import type { Queued } from '@/domain/stream/queue-payments';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import type { Standing } from '@/domain/transactions/stored-outcome';
import { conflictIssue } from '../misfit';
import { type WordedIssue, wordedIssues, wordedStreamError } from '../problems';
import type { Line } from './lines';

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

const same = (standing: Standing) => ({
  result: 'same' as const,
  status: standing.standing,
  // Its text is what JSON.stringify made: read and written again it is the same, byte for byte.
  ...(standing.standing === 'decided' ? { answer: JSON.parse(standing.answer) as DecisionAnswer } : {}),
  ...('error' in standing ? { error: wordedStreamError(standing.error) } : {}),
});

const refused = (result: 'conflict' | 'invalid', issues: readonly FieldIssue[]) => ({
  result,
  errors: wordedIssues(issues),
});

/** One result a line, in their order. Of several lines with one id the first that was kept is the accepted one. */
export const batchAnswer = (lines: readonly Line[], kept: ReadonlyMap<string, Queued>): BatchAnswer => {
  const accepted = new Set<string>();
  const results = lines.map((line): BatchResult => {
    const named = { line: line.line, ...(line.id === null ? {} : { transaction_id: line.id }) };
    if ('issues' in line) return { ...named, ...refused('invalid', line.issues) };
    const id = line.payment.transaction_id;
    const queued = kept.get(id);
    if (!queued || queued.kind === 'forgotten' || queued.hash !== line.hash)
      return { ...named, ...refused('conflict', [conflictIssue]) };
    if (queued.kind === 'known') return { ...named, ...same(queued.standing) };
    if (accepted.has(id)) return { ...named, ...same({ standing: 'queued' }) };
    accepted.add(id);
    return { ...named, result: 'accepted' };
  });
  const count = (result: BatchResult['result']) => results.filter((one) => one.result === result).length;
  return {
    accepted: count('accepted'),
    same: count('same'),
    conflict: count('conflict'),
    invalid: count('invalid'),
    results,
  };
};

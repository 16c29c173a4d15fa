import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { KeyActor } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { type LabelResult, setLabels } from '@/domain/labels/commands';
import { type LabelInput, labelInput, mostLabels } from '@/domain/labels/input';
import { batchBytes, batchProblem, callsOf, isNdjson, splitBody, takeBatches } from '../batch/body';
import { nameOf, type Read, readParts } from '../batch/lines';
import type { Part } from '../batch/parts';
import { type Door, keyActor } from '../door';
import type { Engine } from '../engine';
import { Problem, unavailable, type WordedIssue, wordedIssues } from '../problems';

export const labelPath = '/api/v1/labels';

/** Calls at work at once in this process: each is held in memory. */
const mostAtWork = 8;

/** What became of one label that was sent. */
export type LabelLine = { line: number; transaction_id?: string } & (
  | { result: LabelResult }
  | { result: 'invalid'; errors: WordedIssue[] }
);
export type LabelAnswer = Record<LabelLine['result'], number> & { results: LabelLine[] };

type Line = Read<{ label: LabelInput }>;

const readLabel = (sent: unknown) => {
  const parsed = labelInput.safeParse(sent);
  return parsed.success ? { success: true as const, data: { label: parsed.data } } : parsed;
};

/** `{…}` is one label alone. */
const isSingle = (request: FastifyRequest): boolean =>
  !isNdjson(request) && /^(?:\ufeff)?\s*\{/.test((request.body as Buffer).toString('utf8', 0, 1_000));

/** Lines in blocks of one command each; an id comes once in a block, so that a later line follows an earlier one. */
const blocksOf = (lines: readonly Line[]): Map<string, { line: Line; label: LabelInput }>[] => {
  const blocks: Map<string, { line: Line; label: LabelInput }>[] = [];
  for (const line of lines) {
    if ('issues' in line) continue;
    const last = blocks.at(-1);
    const id = line.label.transaction_id;
    if (last && last.size < mostLabels && !last.has(id)) last.set(id, { line, label: line.label });
    else blocks.push(new Map([[id, { line, label: line.label }]]));
  }
  return blocks;
};

/** Block after block, each durable before the next: after a failure all of it can be sent again. */
async function apply(
  engine: Engine,
  actor: KeyActor,
  lines: readonly Line[],
): Promise<Map<number, LabelResult>> {
  const results = new Map<number, LabelResult>();
  for (const block of blocksOf(lines)) {
    const done = await engine.availability.use(() =>
      setLabels(actor, { labels: [...block.values()].map(({ label }) => label) }),
    );
    if (!done.ok) throw new AppError(done.error.code, done.error);
    for (const [id, { line }] of block) results.set(line.line, done.value.get(id) ?? 'unknown');
  }
  return results;
}

const answerOf = (lines: readonly Line[], found: ReadonlyMap<number, LabelResult>): LabelAnswer => {
  const answer: LabelAnswer = {
    labelled: 0,
    changed: 0,
    same: 0,
    unknown: 0,
    archived: 0,
    invalid: 0,
    results: lines.map((one): LabelLine => {
      const named = nameOf(one);
      return 'issues' in one
        ? { ...named, result: 'invalid', errors: wordedIssues(one.issues) }
        : { ...named, result: found.get(one.line) as LabelResult };
    }),
  };
  for (const { result } of answer.results) answer[result] += 1;
  return answer;
};

/** `POST`: what others have found payments to be, one or up to 10,000 of them; sent again it changes nothing. */
export const labelRoutes =
  (engine: Engine, door: Door): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    let atWork = 0;
    takeBatches(app);

    app.post(
      labelPath,
      { bodyLimit: batchBytes, onRequest: door.enter('transaction:label') },
      async (request): Promise<LabelAnswer> => {
        if (request.body === undefined || request.apiKey === null)
          throw new Problem('unsupported_media_type');
        if (atWork >= mostAtWork) throw unavailable();
        atWork += 1;
        try {
          const single = isSingle(request);
          const parts: Part[] = single
            ? [{ line: 1, bytes: request.body as Buffer }]
            : await splitBody(request);
          door.charge(request, callsOf(parts.length));
          const lines = await readParts(parts, !isNdjson(request), readLabel);
          const [only] = lines;
          if (single && only && 'issues' in only) throw new Problem('invalid', only.issues);
          return answerOf(lines, await apply(engine, keyActor(request.apiKey, request), lines));
        } catch (error) {
          throw batchProblem(error);
        } finally {
          atWork -= 1;
        }
      },
    );
  };

import { createHash } from 'node:crypto';
import path from 'node:path';
import canonicalize from 'canonicalize';
import type { Sql } from 'postgres';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { beginImport, finishImport, type ImportState } from '@/domain/imports/commands';
import { type ImportRow, ImportRun } from '@/domain/imports/run';
import { readFeatureColumns } from '@/domain/imports/state';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { UsageError } from '../options';
import type { ImportArguments } from './arguments';
import { buildEmbeddingIndex } from './build-embedding-index';
import { type Line, readCsv } from './csv';
import { RejectFile } from './reject-file';
import { endLines, progressLine, type progressShown } from './report';
import { rowReader } from './rows';
import { type Survey, surveyFile } from './survey';

export type ImportTask = {
  args: ImportArguments;
  /** A login of the owner, past any pooler. */
  url: string;
  /** Where file names that are not absolute begin. */
  folder: string;
  shown: ReturnType<typeof progressShown>;
  stopped: () => boolean;
};

const actor = systemActor('command line');

/** Imports a file. @returns false when it was stopped before its end */
export async function importFile(task: ImportTask): Promise<boolean> {
  const { args, url, folder, shown } = task;
  const file = path.resolve(folder, args.file);
  const survey = await surveyFile(file, args, (rows) =>
    shown.tell(`looking through ${args.file}: ${rows.toLocaleString('en')} rows`),
  );
  // What a crash of the server may take back is done again: what was written down went with it.
  const sql = connect(url, { max: 6, name: 'import', lasting: true, session: { synchronous_commit: 'off' } });
  setDatabase(sql);
  const lock = connect(url, { max: 1, name: 'import-lock', lasting: true });
  try {
    await takeTurn(lock);
    const state = await begin(args, survey);
    if (state.status === 'finished') {
      shown.say(`${args.file} was imported with these options, ending ${state.finishedAt}: nothing to add.`);
      return true;
    }
    const rejects = path.resolve(folder, args.rejects ?? `${path.basename(args.file)}.rejects.csv`);
    return await run(sql, { ...task, file, survey, state, rejects });
  } finally {
    await Promise.all([closeDatabase(), lock.end({ timeout: 1 })]);
  }
}

/** One import at a time, each in the order of its file. The lock of one that was killed goes with its connection. */
async function takeTurn(lock: Sql): Promise<void> {
  const end = Date.now() + 5_000;
  for (;;) {
    const [row] = await lock`select pg_try_advisory_lock(hashtext('vigil.import')) as mine`;
    if (row?.mine) return;
    if (Date.now() > end) throw new UsageError('Another import is at work on this database.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function begin(args: ImportArguments, survey: Survey) {
  const { file, rejects, ...options } = args;
  const made = createHash('sha256')
    .update(survey.contentHash)
    .update(canonicalize(options) as string);
  const begun = await beginImport(actor, {
    file: path.basename(file),
    fingerprint: made.digest('hex'),
    options,
    rows: survey.rows,
    firstAt: survey.firstAt,
    lastAt: survey.lastAt,
    months: survey.months,
  });
  if (begun.ok) return begun.value;
  const { detail, code, values } = begun.error;
  if (detail === 'month.archived')
    throw new UsageError(`${values?.month} is in the archive: bring it back first, on the page Storage.`);
  if (detail === 'month.not_there')
    throw new UsageError(
      `The partitions of ${values?.month} could not be made; see the log of the database.`,
    );
  throw new Error(`not begun: ${detail ?? code}`);
}

type Begun = ImportTask & {
  file: string;
  survey: Survey;
  state: ImportState & { resumed: boolean };
  rejects: string;
};

async function run(
  sql: Sql,
  { args, survey, state, file, shown, stopped, ...task }: Begun,
): Promise<boolean> {
  const began = { row: state.nextRow, at: performance.now() };
  if (state.resumed) shown.say(`going on at row ${(state.nextRow + 1).toLocaleString('en')}`);
  const rejects = new RejectFile(task.rejects, survey.header, state.resumed);
  const rules = await loadDecisionRules(sql);
  const read = rowReader(survey.header.length, survey.columns, args, rules.rates);
  const whole = await new ImportRun({
    sql,
    rules,
    featureColumns: await readFeatureColumns(sql),
    state,
    rows: rowsOf(file, args, read, state.nextRow),
    reject: (row, rejection) => rejects.add(row, rejection),
    stopped,
    onProgress: (progress) =>
      shown.tell(
        progressLine(progress, survey.rows, { row: began.row, elapsedMs: performance.now() - began.at }),
      ),
  })
    .run()
    .finally(() => rejects.close());
  if (!whole) return false;
  await buildEmbeddingIndex(sql, task.url, (partition) =>
    shown.tell(`building the index of embeddings: ${partition}`),
  );
  const finished = await finishImport(actor, { id: state.id });
  if (!finished.ok) throw new Error(`not finished: ${finished.error.detail ?? finished.error.code}`);
  const took = { rows: survey.rows - began.row, ms: performance.now() - began.at };
  for (const line of endLines(finished.value, took, task.rejects)) shown.say(line);
  return true;
}

/** The rows of the file from one on. */
async function* rowsOf(
  file: string,
  args: ImportArguments,
  read: (line: Line) => ImportRow,
  from: number,
): AsyncGenerator<ImportRow[]> {
  for await (const block of readCsv(file, { delimiter: args.delimiter }))
    yield block.flatMap((line) => (line.row >= from && line.row >= 0 ? [read(line)] : []));
}

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One fold of the book: which payments are learnt from and which are judged, by their ids. */
export type Split = {
  role: string;
  fold: number;
  trainStart: string;
  train: Set<string>;
  assess: Set<string>;
};

/** Reads `ROLE,FOLD,TRAIN_START,PART,TRANSACTION_ID`, gzipped. */
export function readSplits(file: string): Split[] {
  const splits = new Map<string, Split>();
  const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  for (const line of lines) {
    const [role, fold, trainStart, part, id] = line.trim().split(',');
    if (!role || !fold || !trainStart || !id) continue;
    const key = `${role} ${fold}`;
    const split = splits.get(key) ?? {
      role,
      fold: Number(fold),
      trainStart,
      train: new Set<string>(),
      assess: new Set<string>(),
    };
    splits.set(key, split);
    (part === 'train' ? split.train : split.assess).add(id);
  }
  return [...splits.values()];
}

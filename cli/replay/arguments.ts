import fs from 'node:fs';
import path from 'node:path';
import { fieldPairs, readOptions, UsageError } from '../options';

export type ReplayArguments = {
  file: string;
  /** API field (`metadata.order` for an entry of metadata) → column. */
  map: Record<string, string>;
  /** API field → constant. */
  set: Record<string, string>;
  prefix: string;
  /** Rows to leave out at the beginning. */
  start: number;
  loop: boolean;
  /** Payments a second. */
  rate: number;
  url: string;
  key: string;
  state: string | null;
};

export const usage = `Sends the rows of a CSV file to the decision API as payments of now.

  npm run replay -- FILE.csv[.gz] --map transaction_id=COL user_id=COL merchant_id=COL amount=COL …
    --set FIELD=VALUE …  the same for every row, such as currency=EUR
    --map FIELD=COL …    columns; metadata.NAME=COL keeps a column as metadata
    --prefix TEXT        begins each transaction_id
    --start N            leaves out the first N rows
    --rate N             payments a second (default 50)
    --loop               begins again at the end; ids then carry the round
    --state FILE         remembers how far it came and goes on from there
    --url URL --key KEY  the API and a key with scope ingest (else VIGIL_INGEST_URL and VIGIL_API_KEY,
                         else credentials.json in VIGIL_DATA_DIR)`;

const refused = { transaction_timestamp: 'transaction_timestamp is always now and cannot be set.' };
const needed = ['transaction_id', 'user_id', 'merchant_id', 'amount', 'currency'];

const number = (option: string, text: string | undefined, least: number, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least)
    throw new UsageError(`${option} is ${text}; at least ${least}.`);
  return value;
};

const single = ['--prefix', '--start', '--rate', '--state', '--url', '--key'];
const many = ['--map', '--set'];

type Credentials = { ingest?: string; apiKey?: string };

const credentials = (env: NodeJS.ProcessEnv): Credentials => {
  const file = path.join(env.VIGIL_DATA_DIR || '.vigil', 'credentials.json');
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Credentials;
  } catch {
    return {};
  }
};

/** Where the API is and with which key, from the environment or from what the starter wrote down. */
export const apiAccess = (
  env: NodeJS.ProcessEnv,
  given: { url?: string; key?: string } = {},
): { url: string; key: string } => {
  const known = credentials(env);
  const url = given.url ?? env.VIGIL_INGEST_URL ?? known.ingest ?? 'http://127.0.0.1:3001';
  const key = given.key ?? env.VIGIL_API_KEY ?? known.apiKey;
  if (!key) throw new UsageError('No API key: give --key, or set VIGIL_API_KEY.');
  if (!URL.canParse(url)) throw new UsageError(`--url is ${url}; it looks like http://127.0.0.1:3001.`);
  return { url, key };
};

/** Reads the command line. @throws UsageError */
export const readArguments = (args: readonly string[], env: NodeJS.ProcessEnv): ReplayArguments => {
  const { loose, options } = readOptions(args);
  for (const [name, values] of options) {
    if (name === '--loop' && values.length === 0) continue;
    if (many.includes(name) && values.length > 0 && args.at(-1) !== name) continue;
    if (single.includes(name) && values.length === 1) continue;
    throw new UsageError(
      `${name} ${[...single, ...many, '--loop'].includes(name) ? 'is not used so' : 'is unknown'}.`,
    );
  }
  const [file, ...more] = loose;
  if (!file || more.length > 0)
    throw new UsageError(file ? `One file at a time, not ${more[0]}.` : 'Which file?');
  const one = (name: string) => options.get(name)?.[0];
  const map = fieldPairs('--map', options.get('--map') ?? [], { refused });
  const set = fieldPairs('--set', options.get('--set') ?? [], { refused });
  const missing = needed.filter((field) => !(field in map) && !(field in set));
  if (missing.length > 0)
    throw new UsageError(`Say where ${missing.join(', ')} comes from, with --map or --set.`);
  if (!('transaction_id' in map))
    throw new UsageError('transaction_id needs a column: each payment its own id.');
  return {
    file,
    map,
    set,
    prefix: one('--prefix') ?? '',
    start: Math.floor(number('--start', one('--start'), 0, 0)),
    loop: options.has('--loop'),
    rate: number('--rate', one('--rate'), 0.01, 50),
    state: one('--state') ?? null,
    ...apiAccess(env, { url: one('--url'), key: one('--key') }),
  };
};

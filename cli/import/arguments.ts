import { fieldPairs, paymentFields, readOptions, UsageError } from '../options';
import { isZone } from './moments';

export type ImportArguments = {
  file: string;
  /** API field (`metadata.order` for an entry of metadata) → column. */
  map: Record<string, string>;
  /** API field → constant. */
  set: Record<string, string>;
  /** Column of the label, and when it became known: so long after its payment, or at the moment in another column. */
  label: { column: string; delayMs: number } | { column: string; knownColumn: string } | null;
  zone: string;
  delimiter: string;
  prefix: string;
  rejects: string | null;
};

export const usage = `Imports the payments of a CSV file, decided as they would have been at their moments.

  npm run import -- FILE.csv[.gz] --map transaction_id=COL user_id=COL merchant_id=COL transaction_timestamp=COL amount=COL …
    --map FIELD=COL …     columns; metadata.NAME=COL keeps a column as metadata
    --set FIELD=VALUE …   the same for every row, such as currency=EUR
    --label COL           column that says whether it was fraud: 1 0, true false, yes no, fraud legitimate; empty is unknown
    --label-delay 7d      how long after its payment a label becomes known: 30m, 12h, 7d
    --label-known COL     or column of the moment at which it became known; empty where nothing did
    --zone ZONE           where moments without an offset are to be read, such as Europe/Istanbul (default UTC)
    --delimiter CHAR      between cells (default a comma; tab for a tabulator)
    --prefix TEXT         begins each transaction_id
    --rejects FILE        where rows go that are no payments, each with its line and why (default FILE.rejects.csv here)

Fields: ${[...paymentFields, 'transaction_timestamp'].join(', ')}, metadata.NAME.
The rows are in the order of transaction_timestamp. After a stop or a kill the same command goes on where it stopped.
The database is that of VIGIL_DATA_DIR or DATABASE_URL.`;

const needed = ['transaction_id', 'user_id', 'merchant_id', 'transaction_timestamp', 'amount', 'currency'];
const single = [
  '--label',
  '--label-delay',
  '--label-known',
  '--zone',
  '--delimiter',
  '--prefix',
  '--rejects',
];
const many = ['--map', '--set'];
const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** No label becomes known later than ten years after its payment. */
export const longestDelayMs = 3660 * 86_400_000;

const duration = (option: string, text: string): number => {
  const match = /^(\d{1,9}(?:\.\d+)?)([smhd])$/.exec(text);
  const ms = text === '0' ? 0 : match ? Number(match[1]) * (units[match[2] as string] as number) : Number.NaN;
  if (Number.isNaN(ms) || ms > longestDelayMs)
    throw new UsageError(`${option} is ${text}; it looks like 30m, 12h or 7d.`);
  return Math.round(ms);
};

const delimiterOf = (text: string): string => {
  const delimiter = text === 'tab' ? '\t' : text;
  if (delimiter.length !== 1 || ['"', '\r', '\n', '\u0000'].includes(delimiter))
    throw new UsageError(`--delimiter is one character, or tab, not ${text}.`);
  return delimiter;
};

/** Reads the command line. @throws UsageError naming the option */
export const readArguments = (args: readonly string[]): ImportArguments => {
  const { loose, options } = readOptions(args);
  for (const [name, values] of options) {
    if (many.includes(name) && values.length > 0) continue;
    if (single.includes(name) && values.length === 1) continue;
    throw new UsageError(
      ![...single, ...many].includes(name)
        ? `${name} is unknown.`
        : values.length === 0
          ? `${name} needs a value.`
          : `${name} takes one value, not ${values.join(' ')}.`,
    );
  }
  const [file, ...more] = loose;
  if (!file || more.length > 0)
    throw new UsageError(file ? `One file at a time, not ${more[0]} as well.` : 'Which file?');
  const one = (name: string) => options.get(name)?.[0];
  const zone = one('--zone') ?? 'UTC';
  if (!isZone(zone)) throw new UsageError(`--zone is ${zone}; it looks like UTC or Europe/Istanbul.`);
  const allowed = ['transaction_timestamp'];
  const refused = { transaction_timestamp: 'transaction_timestamp needs a column: give it with --map.' };
  const map = fieldPairs('--map', options.get('--map') ?? [], { allowed });
  const set = fieldPairs('--set', options.get('--set') ?? [], { refused });
  checkFields(map, set);
  return {
    file,
    map,
    set,
    label: labelOf(one),
    zone,
    delimiter: delimiterOf(one('--delimiter') ?? ','),
    prefix: one('--prefix') ?? '',
    rejects: one('--rejects') ?? null,
  };
};

function checkFields(map: Record<string, string>, set: Record<string, string>): void {
  const twice = Object.keys(map).find((field) => field in set);
  if (twice) throw new UsageError(`${twice} is given with --map and with --set.`);
  const empty = Object.keys(map).find((field) => map[field] === '');
  if (empty) throw new UsageError(`--map ${empty}= names no column.`);
  const missing = needed.filter((field) => !(field in map) && !(field in set));
  if (missing.length > 0)
    throw new UsageError(`Say where ${missing.join(', ')} comes from, with --map or --set.`);
  if (!('transaction_id' in map))
    throw new UsageError('transaction_id needs a column: each payment its own id.');
}

function labelOf(one: (name: string) => string | undefined): ImportArguments['label'] {
  const [column, delay, known] = [one('--label'), one('--label-delay'), one('--label-known')];
  if (column === undefined) {
    const alone = delay === undefined ? '--label-known' : '--label-delay';
    if ((delay ?? known) !== undefined) throw new UsageError(`${alone} goes with --label.`);
    return null;
  }
  if (delay !== undefined && known !== undefined)
    throw new UsageError('--label-delay and --label-known say the same thing: give one of them.');
  if (known !== undefined) return { column, knownColumn: known };
  // Known at once, a label would tell later payments what nobody could know.
  if (delay === undefined)
    throw new UsageError(
      '--label goes with --label-delay or --label-known: when a label becomes known, after its payment or by a column.',
    );
  return { column, delayMs: duration('--label-delay', delay) };
}

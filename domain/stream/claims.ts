import type { Sql } from 'postgres';
import { settings } from '@/domain/settings/catalogue';
import type { StreamErrorCode } from './error-codes';

/** A row of the queue that a worker holds. */
export type Claim = {
  id: number;
  epoch: number;
  /** The payment as it is kept, and the hash of its content. */
  kept: unknown;
  hash: string;
  /** Failed or lost tries before this one. */
  tries: number;
  /** Taken over from a worker that had not finished it. */
  lost: boolean;
  /** Lost once too often: given up by the claim itself. */
  dead: boolean;
};

/** What becomes of a claim that was not decided. */
export type Settlement = { claim: Claim } & (
  | { verdict: 'RELEASED' }
  | { verdict: 'FAILED'; code: StreamErrorCode; message: string; waitMs: number }
  | { verdict: 'DEAD'; code: StreamErrorCode; message: string }
);

type ClaimRow = {
  id: string;
  lease_epoch: number;
  raw_data: unknown;
  payload_hash: string;
  retry_count: number;
  lost: boolean;
  dead: boolean;
};

const json = (value: unknown): string => JSON.stringify(value);
const nameOf = ({ id, epoch }: Claim) => ({ id, epoch });

/** Takes up to `most` payments that are due, oldest first, for `leaseMs`. */
export const claimPayments = async (
  sql: Sql,
  options: { worker: string; leaseMs: number; most: number; maxTries: number },
): Promise<Claim[]> => {
  const { worker, leaseMs, most, maxTries } = options;
  const rows = await sql<
    ClaimRow[]
  >`select * from claim_payments(${worker}, ${leaseMs}, ${most}, ${maxTries})`;
  return rows.map((row) => ({
    id: Number(row.id),
    epoch: row.lease_epoch,
    kept: row.raw_data,
    hash: row.payload_hash,
    tries: row.retry_count,
    lost: row.lost,
    dead: row.dead,
  }));
};

/** Holds the claims for another `leaseMs`. @returns how many are still held and not just being recorded */
export const renewClaims = async (
  sql: Sql,
  worker: string,
  leaseMs: number,
  claims: readonly Claim[],
): Promise<number> => {
  const [row] = await sql<{ held: number }[]>`
    select renew_claims(${worker}, ${leaseMs}, ${json(claims.map(nameOf))}::text::jsonb) as held`;
  return row?.held ?? 0;
};

/** Ends claims that were not decided. @returns the ids that were still held */
export const settleClaims = async (sql: Sql, settlements: readonly Settlement[]): Promise<Set<number>> => {
  const rows = await sql<{ id: string }[]>`select settle_claims as id from settle_claims(${json(
    settlements.map(({ claim, ...settled }) => ({
      ...nameOf(claim),
      verdict: settled.verdict,
      code: 'code' in settled ? settled.code : null,
      // NUL cannot be kept, and half a page says enough.
      message: 'message' in settled ? settled.message.replaceAll('\u0000', '').slice(0, 2000) : null,
      wait_ms: 'waitMs' in settled ? Math.round(settled.waitMs) : null,
    })),
  )}::text::jsonb)`;
  return new Set(rows.map(({ id }) => Number(id)));
};

/** Which of the claims are still held and open. */
export const openClaims = async (sql: Sql, claims: readonly Claim[]): Promise<Claim[]> => {
  const rows = await sql<{ id: string }[]>`
    select s.id from jsonb_to_recordset(${json(claims.map(nameOf))}::text::jsonb) as c(id bigint, epoch int)
    join transaction_stream s on s.id = c.id and s.lease_epoch = c.epoch where s.processing_status = 'PROCESSING'`;
  const open = new Set(rows.map(({ id }) => Number(id)));
  return claims.filter(({ id }) => open.has(id));
};

/** The setting `stream.max_tries`. */
export const readMaxTries = async (sql: Sql): Promise<number> => {
  const { schema, initial } = settings['stream.max_tries'];
  const [row] =
    await sql`select config_value as value from system_config where config_key = 'stream.max_tries'`;
  const parsed = schema.safeParse(row?.value);
  return parsed.success ? parsed.data : initial;
};

const firstWaitMs = 1_000;
const longestWaitMs = 300_000;

/**
 * How long a payment waits after a failed try: 1 s, 2 s, 4 s, … up to 5 minutes, of each between half and all, so that
 * what failed together does not come back together.
 * @param tries failed tries before this one
 * @param random in 0…1
 */
export const retryWaitMs = (tries: number, random: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries, 20)) * (0.5 + random / 2);

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ApiScope } from '../access';
import { decodeCursor, encodeCursor, type Page } from '../cursor';
import { AppError } from '../errors';
import { query } from '../operation';
import { getKeyInput, listKeysInput } from './input';

/** A key as people see it: never the key itself nor its hash. Times are ISO 8601. */
export type ApiKeyRow = {
  id: number;
  name: string;
  prefix: string;
  ownerName: string;
  scopes: ApiScope[];
  ratePerSecond: number;
  burst: number;
  state: 'active' | 'expired' | 'revoked';
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  lastUsedIp: string | null;
  /** Calls in the last 24 hours, and how many of them were refused (status 400 and above). */
  calls24h: number;
  refused24h: number;
};

const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(value as string).toISOString();

const keyRow = (row: Record<string, unknown>): ApiKeyRow => ({
  id: Number(row.id),
  name: String(row.name),
  prefix: String(row.prefix),
  ownerName: String(row.owner_name),
  scopes: row.scopes as ApiScope[],
  ratePerSecond: Number(row.rate_per_second),
  burst: Number(row.burst),
  state: row.state as ApiKeyRow['state'],
  createdAt: iso(row.created_at) as string,
  expiresAt: iso(row.expires_at),
  revokedAt: iso(row.revoked_at),
  lastUsedAt: iso(row.last_used_at),
  lastUsedIp: row.last_used_ip === null ? null : String(row.last_used_ip),
  calls24h: Number(row.calls),
  refused24h: Number(row.refused),
});

const columns = sql`k.id, k.name, k.prefix, coalesce(u.name, k.owner_id) as owner_name, k.scopes, k.rate_per_second,
  k.burst, k.created_at, k.expires_at, k.revoked_at, k.last_used_at, host(k.last_used_ip) as last_used_ip,
  case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as state`;
const withOwner = sql`api_keys k left join console_users u on u.id::text = k.owner_id`;

/**
 * Keys with what they were used for in the last 24 hours and the one in progress, of a page `p` of keys: from the counts
 * by hour, whose number does not grow with the calls.
 */
const withUse = (page: SQL): SQL => sql`with page as (${page}),
  used as (
    select api_key_id, sum(calls) as calls, sum(calls) filter (where status_code >= 400) as refused from api_usage_slots
    where slot_seconds = 3600 and slot >= date_trunc('hour', now()) - interval '24 hours' group by 1)
  select p.*, coalesce(c.calls, 0) as calls, coalesce(c.refused, 0) as refused
  from page p left join used c on c.api_key_id = p.id order by p.id desc`;

/** Keys, newest first, with what they were used for in the last 24 hours. */
export const listApiKeys = query({
  name: 'api-key.list',
  can: 'api-key:read',
  input: listKeysInput,
  live: true,
  run: async ({ db, input }): Promise<Page<ApiKeyRow>> => {
    const after = input.cursor ? decodeCursor(z.tuple([z.number().int()]), input.cursor)[0] : null;
    const rows = await db.execute(
      withUse(sql`select ${columns} from ${withOwner}
        where (${after}::int is null or k.id < ${after}::int)
          and (${input.show} = 'all' or (k.revoked_at is null and (k.expires_at is null or k.expires_at > now())))
        order by k.id desc limit ${input.limit + 1}`),
    );
    const found = [...rows].map(keyRow);
    const page = found.slice(0, input.limit);
    const last = page.at(-1);
    return { rows: page, next: found.length > input.limit && last ? encodeCursor([last.id]) : null };
  },
});

/** One key. @throws AppError 'not_found' */
export const getApiKey = query({
  name: 'api-key.get',
  can: 'api-key:read',
  input: getKeyInput,
  live: true,
  run: async ({ db, input }): Promise<ApiKeyRow> => {
    const [row] = await db.execute(
      withUse(sql`select ${columns} from ${withOwner} where k.id = ${input.id}`),
    );
    if (!row) throw new AppError('not_found', { field: 'id' });
    return keyRow(row);
  },
});

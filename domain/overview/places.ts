import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedHours } from '@/domain/planned-range';

/** Blocked payments of the last 60 minutes by country of the payment. */
export type BlockedPlace = {
  /** ISO 3166 alpha-2, or null where the payment named none. */
  country: string | null;
  blocked: number;
  /** Blocked payments an hour over the 24 hours before; 0 when there were none. */
  usual: number;
  /** Mean position of these payments, where they carry one. */
  latitude: number | null;
  longitude: number | null;
};

/** Read from the index over refused payments; the twelve countries with the most. */
export const blockedPlaces = async (db: Db): Promise<BlockedPlace[]> => {
  const rows = await db.execute<Record<string, string | number | null>>(sql`
    select country, count(*) filter (where transaction_timestamp > now() - interval '1 hour')::float8 as blocked,
      (count(*) filter (where transaction_timestamp <= now() - interval '1 hour') / 24.0)::float8 as usual,
      (avg(latitude) filter (where transaction_timestamp > now() - interval '1 hour'))::float8 as latitude,
      (avg(longitude) filter (where transaction_timestamp > now() - interval '1 hour'))::float8 as longitude
    from transactions
    where decision <> 'ALLOW' and decision = 'BLOCK' and transaction_timestamp > now() - interval '25 hours'
      and transaction_timestamp <= now() + interval '10 minutes' and ${plannedHours(sql`transaction_timestamp`, 25)}
    group by country having count(*) filter (where transaction_timestamp > now() - interval '1 hour') > 0
    order by 2 desc, 1 limit 12`);
  return rows.map((row) => ({
    country: row.country === null ? null : String(row.country),
    blocked: Number(row.blocked),
    usual: Number(row.usual),
    latitude: row.latitude === null ? null : Number(row.latitude),
    longitude: row.longitude === null ? null : Number(row.longitude),
  }));
};

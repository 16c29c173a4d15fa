import { databaseSql } from '@/db/client';
import { latencyBound } from '@/domain/api-usage/latency';
import { isUnavailable, sqlState } from '@/domain/errors';
import { log } from '@/domain/log';

/** One call of the API; times in milliseconds, sizes in bytes. */
export type Call = {
  endpoint: string;
  method: string;
  ownerId: string | null;
  ip: string;
  ms: number;
  status: number;
  requestBytes: number;
  responseBytes: number;
  at: number;
  keyId: number | null;
};

const most = 50_000;
const block = 500;

/** As JSON text: once Drizzle has the client, postgres.js cannot write arrays of moments. */
const asRows = (calls: readonly Call[]): string =>
  JSON.stringify(
    calls.map((call) => ({
      ...call,
      ms: Math.round(call.ms),
      latency: latencyBound(call.ms),
      at: new Date(call.at).toISOString(),
    })),
  );

/** Each call as a row, and the counts of its five minutes and its hour, in one statement: they agree whatever happens. */
const insert = async (calls: readonly Call[]): Promise<void> => {
  await databaseSql()`with c as materialized (
      select * from jsonb_to_recordset(${asRows(calls)}::text::jsonb) as c(endpoint text, method text, "ownerId" text,
        ip inet, ms int, latency int, status int, "requestBytes" int, "responseBytes" int, at timestamptz, "keyId" int)),
    added as (
      insert into api_usage (endpoint, method, user_id, ip_address, response_time_ms, status_code,
        request_size_bytes, response_size_bytes, timestamp, api_key_id)
      select c.endpoint, c.method, c."ownerId", c.ip, c.ms, c.status, c."requestBytes", c."responseBytes", c.at, c."keyId"
      from c)
    insert into api_usage_slots as s (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms, calls,
      request_bytes, response_bytes)
    select size.seconds, to_timestamp(floor(extract(epoch from c.at) / size.seconds) * size.seconds), c.endpoint, c.method,
      c.status, coalesce(c."keyId", 0), c.latency, count(*), sum(c."requestBytes"), sum(c."responseBytes")
    from c, (values (300), (3600)) as size(seconds) group by 1, 2, 3, 4, 5, 6, 7
    -- In one order, so that two processes never wait for each other.
    order by 1, 2, 3, 4, 5, 6, 7
    on conflict (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms) do update
    set calls = s.calls + excluded.calls, request_bytes = s.request_bytes + excluded.request_bytes,
      response_bytes = s.response_bytes + excluded.response_bytes`;
};

const write = async (calls: readonly Call[]): Promise<void> => {
  try {
    await insert(calls);
  } catch (error) {
    if (sqlState(error) !== '23514') throw error;
    // A day began for which nobody has made a partition yet.
    await databaseSql()`select ensure_partitions(now(), now())`;
    await insert(calls);
  }
};

/** When each key was last used, and from where, to the minute. */
const markUsed = async (calls: readonly Call[]): Promise<void> => {
  const last = new Map(calls.flatMap((call) => (call.keyId === null ? [] : [[call.keyId, call] as const])));
  if (last.size === 0) return;
  await databaseSql()`update api_keys k set last_used_at = u.at, last_used_ip = u.ip
    from jsonb_to_recordset(${asRows([...last.values()])}::text::jsonb) as u("keyId" int, at timestamptz, ip inet)
    where k.id = u."keyId" and (k.last_used_at is null or k.last_used_at < u.at - interval '1 minute')`;
};

/**
 * Writes calls to api_usage off the hot path: each second, or when a block is full. While the database is away calls
 * wait, at most `most` of them; the oldest go first, and the log says how many.
 */
export class Usage {
  #calls: Call[] = [];
  #dropped = 0;
  #flushing: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(every = 1000) {
    this.#timer = setInterval(() => void this.flush(), every);
    this.#timer.unref();
  }

  get waiting(): number {
    return this.#calls.length;
  }

  add(call: Call): void {
    if (this.#calls.length >= most) {
      this.#dropped += block;
      this.#calls.splice(0, block);
    }
    this.#calls.push(call);
    if (this.#calls.length % block === 0) void this.flush();
  }

  flush(): Promise<void> {
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    await this.flush();
  }

  async #drain(): Promise<void> {
    while (this.#calls.length > 0) {
      const calls = this.#calls.splice(0, block);
      try {
        await write(calls);
      } catch (error) {
        if (!isUnavailable(error)) {
          // Trying these again would hold up all that come after.
          log.error({ err: error, calls: calls.length }, 'api usage could not be written');
          continue;
        }
        this.#calls.unshift(...calls);
        log.warn({ code: sqlState(error), waiting: this.#calls.length }, 'api usage waits for the database');
        return;
      }
      // What the list shows is not worth a block of usage.
      await markUsed(calls).catch((error: unknown) => log.warn({ err: error }, 'last use not kept'));
    }
    if (this.#dropped === 0) return;
    log.error({ dropped: this.#dropped }, 'api usage was dropped while the database was away');
    this.#dropped = 0;
  }
}

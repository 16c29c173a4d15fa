import type { FastifyRequest } from 'fastify';
import { database, databaseSql } from '@/db/client';
import type { ApiScope, Permission } from '@/domain/access';
import { allows, type KeyActor } from '@/domain/actor';
import { appendAudit } from '@/domain/audit';
import { log } from '@/domain/log';
import type { Engine } from './engine';
import { type ApiKey, KeyRing } from './key-ring';
import { Problem } from './problems';
import { RateLimit } from './rate-limit';

type KeyRow = {
  id: number;
  name: string;
  owner_id: string;
  key_hash: string;
  scopes: ApiScope[];
  rate_per_second: number;
  burst: number;
  expires_at: number | null;
};

/** All keys that are not revoked. */
export const readKeys = async (): Promise<ApiKey[]> => {
  const rows = await databaseSql()<
    KeyRow[]
  >`select id, name, owner_id, key_hash, scopes, rate_per_second, burst,
    (extract(epoch from expires_at) * 1000)::float8 as expires_at from api_keys where revoked_at is null`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    hash: row.key_hash,
    scopes: row.scopes,
    ratePerSecond: row.rate_per_second,
    burst: row.burst,
    expiresAt: row.expires_at,
  }));
};

const bearer = /^Bearer +(\S+) *$/i;
const challenge = { 'www-authenticate': 'Bearer realm="vigil"' };
/** One refusal of a key is on the record; a thousand in the same minute would only bury the rest. */
const sameRefusal = 60_000;
const mostRemembered = 20_000;

/** Who comes in: reads the API key of a call, counts it against its rate and asks whether it may. */
export class Door {
  readonly keys: KeyRing;
  readonly #limit: RateLimit;
  readonly #refused = new Map<string, number>();
  readonly #addresses = new Set<string>();

  constructor(
    private readonly engine: Engine,
    limit = new RateLimit(),
  ) {
    this.keys = new KeyRing(readKeys);
    this.#limit = limit;
  }

  /** For a route's onRequest: lets a call pass whose key allows this. @throws Problem */
  enter(permission: Permission) {
    return async (request: FastifyRequest): Promise<void> => {
      const key = await this.#authenticate(request);
      request.apiKey = key;
      const wait = this.#limit.take(key);
      if (wait > 0) throw new Problem('too_many', [], { 'retry-after': String(wait) });
      const actor = keyActor(key, request);
      if (!allows(actor, permission)) {
        void this.#recordRefusal(actor, permission);
        throw new Problem('denied', [], {
          'www-authenticate': `${challenge['www-authenticate']}, error="insufficient_scope"`,
        });
      }
      this.#noteAddress(key, request);
    };
  }

  /** Counts a call that was let in as so many more. */
  charge(request: FastifyRequest, calls: number): void {
    if (request.apiKey) this.#limit.charge(request.apiKey, calls);
  }

  async #authenticate(request: FastifyRequest): Promise<ApiKey> {
    const token = bearer.exec(request.headers.authorization ?? '')?.[1];
    const key = token ? await this.engine.availability.use(() => this.keys.find(token)) : null;
    if (!key) throw new Problem('unauthenticated', [], challenge);
    return key;
  }

  /** Off the hot path: a key that comes from an address it never came from before is an event. */
  #noteAddress(key: ApiKey, request: FastifyRequest): void {
    const seen = `${key.id} ${request.ip}`;
    if (this.#addresses.has(seen)) return;
    if (this.#addresses.size >= mostRemembered) this.#addresses.clear();
    this.#addresses.add(seen);
    rememberAddress(key, request.ip).then(
      (isNew) => isNew && this.engine.announce('security'),
      (error: unknown) => {
        this.#addresses.delete(seen);
        log.warn({ err: error, keyId: key.id }, 'address of an API key not kept');
      },
    );
  }

  async #recordRefusal(actor: KeyActor, permission: Permission): Promise<void> {
    const name = `${actor.keyId} ${permission}`;
    const now = Date.now();
    if (now - (this.#refused.get(name) ?? Number.NEGATIVE_INFINITY) < sameRefusal) return;
    this.#refused.set(name, now);
    try {
      await recordRefusal(actor, permission);
      this.engine.announce('security', 'audit');
    } catch (error) {
      this.#refused.delete(name);
      log.warn({ err: error, keyId: actor.keyId }, 'refusal of an API key not kept');
    }
  }
}

/** The actor behind a call. */
export const keyActor = (key: ApiKey, request: FastifyRequest): KeyActor => ({
  kind: 'api_key',
  keyId: key.id,
  keyName: key.name,
  ownerId: key.ownerId,
  scopes: key.scopes,
  ip: request.ip,
  userAgent: request.headers['user-agent'] ?? null,
  requestId: request.id,
});

/** Keeps the address; true when it was new and not the key's first. */
const rememberAddress = async (key: ApiKey, ip: string): Promise<boolean> => {
  const rows = await databaseSql()`
    with before as (select exists (select from api_key_addresses where api_key_id = ${key.id}) as any),
    added as (insert into api_key_addresses (api_key_id, ip_address) values (${key.id}, ${ip}::inet)
      on conflict do nothing returning api_key_id)
    insert into security_events (event_type, severity, description, user_id, ip_address, metadata)
    select 'api_key.new_address', 'warning', ${`API key ${key.name} was used from a new address`}, ${key.ownerId},
      ${ip}::inet, jsonb_build_object('keyId', ${key.id}::int, 'keyName', ${key.name}::text)
    from added, before where before.any returning 1`;
  return rows.length > 0;
};

const recordRefusal = async (actor: KeyActor, permission: Permission): Promise<void> => {
  await database().transaction((tx) =>
    appendAudit(tx, actor, permission, {
      resourceType: 'operation',
      resourceId: permission,
      outcome: 'denied',
    }),
  );
  await databaseSql()`insert into security_events (event_type, severity, description, user_id, ip_address, metadata)
    values ('access.denied', 'warning', ${`Refused to API key ${actor.keyName}: ${permission}`}, ${actor.ownerId},
      ${actor.ip}::inet, jsonb_build_object('operation', ${permission}::text, 'keyId', ${actor.keyId}::int,
        'keyName', ${actor.keyName}::text))`;
};

import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { ApiScope } from '@/domain/access';
import { newKey } from '@/domain/api-keys/secret';
import { seedSettings } from '@/domain/settings/read';
import { buildIngest } from './app';
import { Door } from './door';
import { Engine } from './engine';
import { Usage } from './usage';

export type TestKey = { id: number; key: string };
type KeyOptions = { scopes?: ApiScope[]; rate?: number; burst?: number; expiresAt?: Date; revoked?: boolean };

/** The decision API over a database of its own, with the rights of its role and a key of all scopes. */
export const testIngest = async () => {
  const t = await testDatabase();
  await t.sql`select ensure_partitions()`;
  await seedSettings(database());
  t.connectAs('ingest');
  process.env.DIRECT_DATABASE_URL = t.urls.ingest;

  const makeKey = async (given: KeyOptions = {}): Promise<TestKey> => {
    const { key, prefix, hash } = newKey();
    const [row] = await t.sql<{ id: number }[]>`insert into api_keys
      (name, owner_id, prefix, key_hash, scopes, rate_per_second, burst, expires_at, revoked_at, created_by)
      values (${prefix}, 'owner-1', ${prefix}, ${hash}, ${given.scopes ?? ['ingest', 'labels', 'read']},
        ${given.rate ?? 100_000}, ${given.burst ?? 1_000_000}, ${given.expiresAt ?? null},
        ${given.revoked ? new Date() : null}, 'test') returning id`;
    return { id: row!.id, key };
  };

  const engine = new Engine();
  const usage = new Usage();
  const door = new Door(engine);
  const app: FastifyInstance = buildIngest({ engine, usage, door });
  await engine.start();
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const key = await makeKey();
  afterAll(async () => {
    await app.close();
    await usage.stop();
    await engine.stop();
  });

  const call = (path: string, init: RequestInit & { key?: string | null } = {}): Promise<Response> => {
    const { key: own, headers, ...rest } = init;
    const used = own === undefined ? key.key : own;
    return fetch(new URL(path, address), {
      ...rest,
      headers: {
        ...(used ? { authorization: `Bearer ${used}` } : {}),
        ...(headers as Record<string, string>),
      },
    });
  };
  const send = (body: unknown, init: RequestInit & { key?: string | null } = {}): Promise<Response> =>
    call('/api/v1/transactions', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
    });
  return { ...t, app, address, engine, usage, door, key, makeKey, call, send };
};

let count = 0;
/** A payment of now with an id of its own. */
export const aPayment = (changes: Record<string, unknown> = {}): Record<string, unknown> => {
  count += 1;
  return {
    transaction_id: `t-${process.pid}-${count}`,
    user_id: `u-${count}`,
    merchant_id: 'm-1',
    transaction_timestamp: new Date().toISOString(),
    amount: '12.50',
    currency: 'EUR',
    ...changes,
  };
};

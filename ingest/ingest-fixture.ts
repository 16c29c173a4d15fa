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
import { RateLimit } from './rate-limit';
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
  /** Stops the clock of the rates while it is set (milliseconds). */
  const rateClock: { at: number | null } = { at: null };
  const door = new Door(engine, new RateLimit(() => rateClock.at ?? performance.now()));
  const app: FastifyInstance = buildIngest({ engine, usage, door });
  const routes = new Set<string>();
  app.addHook('onRoute', ({ method, url }) => {
    if (typeof method === 'string' && method !== 'HEAD')
      routes.add(`${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  });
  await engine.start();
  const address = await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  const key = await makeKey();
  const doors = [app];
  afterAll(async () => {
    await Promise.all(doors.map((one) => one.close()));
    await usage.stop();
    await engine.stop();
  });

  const callAt =
    (base: string) =>
    (path: string, init: RequestInit & { key?: string | null } = {}): Promise<Response> => {
      const { key: own, headers, ...rest } = init;
      const used = own === undefined ? key.key : own;
      return fetch(new URL(path, base), {
        ...rest,
        headers: {
          ...(used ? { authorization: `Bearer ${used}` } : {}),
          ...(headers as Record<string, string>),
        },
      });
    };
  const call = callAt(address);
  /** A second process would know nothing of what the first has seen. */
  const anotherDoor = async () => {
    const second = buildIngest({ engine, usage });
    doors.push(second);
    return { call: callAt(await second.listen({ port: 0, host: '127.0.0.1' })) };
  };
  const send = (body: unknown, init: RequestInit & { key?: string | null } = {}): Promise<Response> =>
    call('/api/v1/transactions', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
    });
  return { ...t, address, engine, usage, door, rateClock, key, routes, makeKey, call, send, anotherDoor };
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

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { readLong } from '@/db/analytics';
import { type Db, database, type Tx } from '@/db/client';
import type { Requirement } from './access';
import { type Actor, actorId, allows } from './actor';
import { type AuditEntry, appendAudit } from './audit';
import { AppError, type Failure, invalidInput, isUnavailable, type Result, sqlState } from './errors';
import { log } from './log';

/** What a change is about; consoles that show it read again. */
export const topics = [
  'decisions',
  'alerts',
  'rules',
  'config',
  'sessions',
  'security',
  'audit',
  'keys',
  'jobs',
  'health',
  'stream',
  'storage',
  'reports',
  'models',
] as const;
export type Topic = (typeof topics)[number];
export const notifyChannel = 'vigil';

type QueryDefinition<S extends z.ZodType, O> = {
  /** `noun.verb`, unique; live panels ask for it by this name. */
  name: string;
  can: Requirement;
  input: S;
  /** May be read again by the browser through /api/live/query. */
  live?: boolean;
  /** Reads much and may be some seconds old: asks the standby where there is one. */
  long?: boolean;
  run: (context: { db: Db; actor: Actor; input: z.output<S> }) => Promise<O>;
};

export type Query<S extends z.ZodType, O> = ((actor: Actor, input: z.input<S>) => Promise<O>) & {
  readonly kind: 'query';
  readonly operation: string;
  readonly can: Requirement;
  readonly live: boolean;
  readonly input: S;
};

type CommandDefinition<S extends z.ZodType, O, P> = {
  /** `noun:verb`: the audit action. */
  name: string;
  can: Requirement;
  input: S;
  topics?: readonly Topic[];
  /** Work that must not hold a transaction open, such as hashing a password; its result is given to `run`. */
  prepare?: (context: { db: Db | Tx; actor: Actor; input: z.output<S> }) => Promise<P>;
  run: (context: {
    tx: Tx;
    actor: Actor;
    input: z.output<S>;
    prepared: P;
  }) => Promise<{ value: O; audit: AuditEntry | AuditEntry[] }>;
};

export type Command<S extends z.ZodType, O> = ((actor: Actor, input: z.input<S>) => Promise<Result<O>>) & {
  readonly kind: 'command';
  readonly operation: string;
  readonly can: Requirement;
  readonly input: S;
  /** The same, inside a transaction that another command has opened; failures are thrown. */
  readonly inside: (tx: Tx, actor: Actor, input: z.input<S>) => Promise<O>;
};

const parse = <S extends z.ZodType>(schema: S, raw: unknown): z.output<S> => {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw invalidInput(parsed.error);
  return parsed.data;
};

/** Turns whatever was thrown into what a caller may know; the rest goes to the log under the request id. */
export const failureOf = (error: unknown, actor: Actor, operation: string): Failure => {
  if (error instanceof AppError) return { requestId: actor.requestId, ...error.failure };
  const code = sqlState(error);
  log.error({ err: error, code, operation, requestId: actor.requestId }, 'operation failed');
  if (isUnavailable(error)) return { code: 'unavailable', requestId: actor.requestId };
  if (code === '57014') return { code: 'timed_out', requestId: actor.requestId };
  return { code: 'unexpected', requestId: actor.requestId };
};

const refuse = async (actor: Actor, operation: string): Promise<never> => {
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated');
  await database().transaction(async (tx) => {
    await appendAudit(tx, actor, operation, {
      resourceType: 'operation',
      resourceId: operation,
      outcome: 'denied',
    });
    await tx.execute(sql`insert into security_events (event_type, severity, description, user_id, ip_address, session_id, metadata)
      values ('access.denied', 'warning', ${`Refused: ${operation}`}, ${actorId(actor)}, ${actor.ip}::inet,
        ${actor.kind === 'user' ? actor.sessionId : null}, ${JSON.stringify({ operation })}::jsonb)`);
    await publish(tx, ['security', 'audit']);
  });
  throw new AppError('denied', { detail: operation });
};

/** Tells every listening process which topics changed, when the transaction commits. */
export const publish = async (tx: Db | Tx, changed: readonly Topic[]): Promise<void> => {
  await tx.execute(sql`select pg_notify(${notifyChannel}, ${JSON.stringify(changed)})`);
};

/**
 * The one door for reading: authorize → parse → run.
 * @throws AppError; what was not expected is logged and thrown as 'unexpected' with the request id.
 */
export const query = <S extends z.ZodType, O>(definition: QueryDefinition<S, O>): Query<S, O> => {
  const run = async (actor: Actor, raw: z.input<S>): Promise<O> => {
    try {
      if (!allows(actor, definition.can)) await refuse(actor, definition.name);
      const input = parse(definition.input, raw);
      const read = (db: Db) => definition.run({ db, actor, input });
      return await (definition.long ? readLong(read) : read(database()));
    } catch (error) {
      const { code, ...failure } = failureOf(error, actor, definition.name);
      throw new AppError(code, failure);
    }
  };
  return Object.assign(run, {
    kind: 'query' as const,
    operation: definition.name,
    can: definition.can,
    live: definition.live ?? false,
    input: definition.input,
  });
};

const retriable = new Set(['40001', '40P01']);

/**
 * The one door for changing: authorize → parse → one transaction that changes, audits and publishes.
 * Expected failures come back as `{ ok: false, error }`; nothing is changed then.
 */
export const command = <S extends z.ZodType, O, P = undefined>(
  definition: CommandDefinition<S, O, P>,
): Command<S, O> => {
  const prepare = (db: Db | Tx, actor: Actor, input: z.output<S>): Promise<P> =>
    definition.prepare?.({ db, actor, input }) ?? Promise.resolve(undefined as P);
  const change = async (tx: Tx, actor: Actor, input: z.output<S>, prepared: P): Promise<O> => {
    const { value, audit } = await definition.run({ tx, actor, input, prepared });
    const entries = Array.isArray(audit) ? audit : [audit];
    for (const entry of entries) await appendAudit(tx, actor, definition.name, entry);
    await publish(tx, [...new Set<Topic>([...(definition.topics ?? []), 'audit'])]);
    return value;
  };
  const inside = async (tx: Tx, actor: Actor, raw: z.input<S>): Promise<O> => {
    if (!allows(actor, definition.can)) throw new AppError('denied', { detail: definition.name });
    const input = parse(definition.input, raw);
    return change(tx, actor, input, await prepare(tx, actor, input));
  };
  const run = async (actor: Actor, raw: z.input<S>): Promise<Result<O>> => {
    try {
      if (!allows(actor, definition.can)) await refuse(actor, definition.name);
      const input = parse(definition.input, raw);
      const prepared = await prepare(database(), actor, input);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return {
            ok: true,
            value: await database().transaction((tx) => change(tx, actor, input, prepared)),
          };
        } catch (error) {
          if (attempt >= 3 || !retriable.has(sqlState(error) ?? '')) throw error;
        }
      }
    } catch (error) {
      return { ok: false, error: failureOf(error, actor, definition.name) };
    }
  };
  return Object.assign(run, {
    kind: 'command' as const,
    operation: definition.name,
    can: definition.can,
    input: definition.input,
    inside,
  });
};

/** Input of an operation that needs none. */
export const noInput = z.strictObject({}).default({});

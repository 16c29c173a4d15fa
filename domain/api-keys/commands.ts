import { and, eq, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { apiKeys } from '@/db/schema';
import { actorId } from '../actor';
import { changes } from '../audit';
import { AppError } from '../errors';
import { command } from '../operation';
import { changeKeyInput, createKeyInput, revokeKeyInput } from './input';
import { newKey } from './secret';

const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  scopes: apiKeys.scopes,
  ratePerSecond: apiKeys.ratePerSecond,
  burst: apiKeys.burst,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
};

/** The key, locked for this change. @throws AppError 'not_found', or 'conflict' when it is revoked already */
const lockKey = async (tx: Tx, id: number) => {
  const [key] = await tx.select(shown).from(apiKeys).where(eq(apiKeys.id, id)).for('update');
  if (!key) throw new AppError('not_found', { field: 'id' });
  if (key.revokedAt !== null) throw new AppError('conflict', { detail: 'api_key.revoked', field: 'id' });
  return key;
};

const assertNameFree = async (tx: Tx, name: string, except?: number): Promise<void> => {
  const taken = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.name, name), isNull(apiKeys.revokedAt)));
  if (taken.some(({ id }) => id !== except))
    throw new AppError('conflict', { detail: 'api_key.name_taken', field: 'name' });
};

const iso = (value: Date | null): string | null => (value === null ? null : new Date(value).toISOString());

/**
 * Makes a key for its maker. `key` is in this answer and nowhere else: only its SHA-256 is kept.
 * @throws AppError 'conflict' (`api_key.name_taken`)
 */
export const createApiKey = command({
  name: 'api-key:create',
  can: 'api-key:create',
  input: createKeyInput,
  topics: ['keys'],
  run: async ({ tx, actor, input }) => {
    await assertNameFree(tx, input.name);
    const { key, prefix, hash } = newKey();
    const scopes = [...new Set(input.scopes)];
    const limits = { ratePerSecond: input.ratePerSecond, burst: input.burst };
    const [made] = await tx
      .insert(apiKeys)
      .values({
        name: input.name,
        ownerId: actorId(actor),
        prefix,
        keyHash: hash,
        scopes,
        ...limits,
        expiresAt: input.expiresAt === null ? null : new Date(input.expiresAt),
        createdBy: actorId(actor),
      })
      .returning({ id: apiKeys.id });
    if (!made) throw new AppError('unexpected');
    return {
      value: { id: made.id, key, prefix },
      audit: {
        resourceType: 'api_key',
        resourceId: made.id,
        after: { name: input.name, prefix, scopes, ...limits, expiresAt: input.expiresAt },
      },
    };
  },
});

/** Changes name, rate, burst or end of a key in force. @throws AppError 'not_found', 'conflict' */
export const changeApiKey = command({
  name: 'api-key:change',
  can: 'api-key:change',
  input: changeKeyInput,
  topics: ['keys'],
  run: async ({ tx, input }) => {
    const key = await lockKey(tx, input.id);
    await assertNameFree(tx, input.name, input.id);
    const { id, reason, ...wanted } = input;
    const present = {
      name: key.name,
      ratePerSecond: key.ratePerSecond,
      burst: key.burst,
      expiresAt: iso(key.expiresAt),
    };
    const next = {
      ...wanted,
      expiresAt: wanted.expiresAt === null ? null : new Date(wanted.expiresAt).toISOString(),
    };
    const { before, after } = changes(present, next);
    await tx
      .update(apiKeys)
      .set({ ...next, expiresAt: next.expiresAt === null ? null : new Date(next.expiresAt) })
      .where(eq(apiKeys.id, id));
    return { value: { id }, audit: { resourceType: 'api_key', resourceId: id, before, after, reason } };
  },
});

/** Ends a key for good, within a second in every process. @throws AppError 'not_found', 'conflict' */
export const revokeApiKey = command({
  name: 'api-key:revoke',
  can: 'api-key:revoke',
  input: revokeKeyInput,
  topics: ['keys'],
  run: async ({ tx, actor, input }) => {
    const key = await lockKey(tx, input.id);
    const revokedAt = new Date();
    await tx
      .update(apiKeys)
      .set({ revokedAt, revokedBy: actorId(actor) })
      .where(eq(apiKeys.id, input.id));
    return {
      value: { id: input.id },
      audit: {
        resourceType: 'api_key',
        resourceId: input.id,
        before: { name: key.name, revokedAt: null },
        after: { name: key.name, revokedAt: revokedAt.toISOString() },
        reason: input.reason,
      },
    };
  },
});

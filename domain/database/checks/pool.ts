import type { TransactionSql } from 'postgres';
import { readPool } from '@/domain/pool/read-pool';
import { readRoom } from '@/domain/pool/read-room';
import { capacityOf, type Pool, type PoolReading, usedShare } from '@/domain/pool/reading';
import { group } from './group';
import type { Reading } from './judge';

const poolWaits = (pools: Pool[]): Reading => {
  const waiting = pools
    .filter((pool) => pool.clientsWaiting > 0)
    .sort((a, b) => b.maxWaitSeconds - a.maxWaitSeconds);
  const count = waiting.reduce((sum, pool) => sum + pool.clientsWaiting, 0);
  return {
    value: waiting[0]?.maxWaitSeconds ?? 0,
    examined: pools.length,
    facts: { object: waiting[0]?.login ?? '', waiting: count },
    evidence: waiting.map((pool) => [pool.login, pool.database, pool.clientsWaiting, pool.maxWaitSeconds]),
  };
};

const poolUse = (pools: Pool[]): Reading => {
  const sized = pools.filter((pool) => pool.size > 0).sort((a, b) => usedShare(b) - usedShare(a));
  const worst = sized[0];
  return {
    value: worst ? 100 * usedShare(worst) : 0,
    examined: sized.length,
    facts: { object: worst?.login ?? '', busy: worst?.serversActive ?? 0, size: worst?.size ?? 0 },
    evidence: sized.map((pool) => [pool.login, pool.database, pool.serversActive, pool.size]),
  };
};

const poolRoom = async (tx: TransactionSql, reading: PoolReading): Promise<Reading> => {
  const { possible, direct, allowed } = capacityOf(reading, await readRoom(tx));
  return {
    value: Math.max(0, possible + direct - allowed),
    examined: 1,
    facts: { object: 'max_connections', possible, direct, allowed },
    evidence: [[possible, direct, allowed]],
  };
};

/** PgBouncer, where one is set up: whether it answers, who waits, how full its pools are, and what they may ask of the server. */
export const poolChecks = group({
  name: 'pool',
  timeoutMs: 1_000,
  checks: ['poolAway', 'poolWaits', 'poolUse', 'poolRoom'],
  read: async (tx) => {
    const all = (one: Reading) => ({ poolWaits: one, poolUse: one, poolRoom: one });
    const none: Reading = { skipped: 'not_configured' };
    let reading: PoolReading | null;
    try {
      reading = await readPool();
    } catch (error) {
      const code = String((error as { code?: string }).code ?? 'unknown');
      const away: Reading = {
        value: 1,
        examined: 1,
        facts: { object: 'PgBouncer', code },
        evidence: [[`${code}: ${(error as Error).message}`]],
      };
      return { poolAway: away, ...all({ skipped: 'not_answering' }) };
    }
    if (!reading) return { poolAway: none, ...all(none) };
    return {
      poolAway: { value: 0, examined: 1, facts: { object: reading.version } },
      poolWaits: poolWaits(reading.pools),
      poolUse: poolUse(reading.pools),
      poolRoom: await poolRoom(tx, reading),
    };
  },
});

import { describe, expect, test } from 'vitest';
import { capacityOf, readingOf, type Shown, sumOf } from './reading';

/** As 1.18 answers; 64-bit numbers come as text. */
const shown = (change: Partial<Shown> = {}): Shown => ({
  version: [{ version: 'PgBouncer 1.18.0' }],
  pools: [
    { database: 'pgbouncer', user: 'pgbouncer', cl_active: 1, pool_mode: 'statement' },
    {
      database: 'fraud_detection',
      user: 'vigil_web',
      cl_active: 20,
      cl_waiting: 3,
      sv_active: 25,
      sv_active_cancel: 0,
      sv_being_canceled: 0,
      sv_idle: 0,
      sv_used: 0,
      sv_tested: 0,
      sv_login: 1,
      maxwait: 2,
      maxwait_us: 500_000,
      pool_mode: 'transaction',
    },
    {
      database: 'fraud_detection',
      user: 'vigil_worker',
      cl_active: 2,
      sv_idle: 1,
      sv_used: 4,
      pool_mode: 'transaction',
    },
  ],
  stats: [
    { database: 'pgbouncer', total_query_count: '9' },
    {
      database: 'fraud_detection',
      total_xact_count: '1000',
      total_query_count: '5000',
      total_wait_time: '2500000',
      avg_xact_count: '200',
      avg_query_count: '1000',
      avg_xact_time: '10000',
      avg_wait_time: '1500',
    },
  ],
  databases: [
    { name: 'pgbouncer', port: 6432, pool_size: 2 },
    {
      name: 'fraud_detection',
      host: '127.0.0.1',
      port: 5432,
      database: 'fraud_detection',
      pool_size: 25,
      reserve_pool: 5,
      max_connections: 100,
      current_connections: 31,
      paused: 0,
      disabled: 0,
    },
  ],
  config: Object.entries({
    pool_mode: 'transaction',
    max_client_conn: '1000',
    default_pool_size: '25',
    reserve_pool_size: '5',
    max_db_connections: '100',
    query_wait_timeout: '15',
  }).map(([key, value]) => ({ key, value })),
  clients: [
    { database: 'pgbouncer', user: 'vigil_stats', state: 'active', application_name: 'vigil-pool' },
    ...Array.from({ length: 3 }, () => ({
      database: 'fraud_detection',
      user: 'vigil_web',
      state: 'waiting',
      application_name: 'vigil-web',
    })),
    { database: 'fraud_detection', user: 'vigil_web', state: 'active', application_name: 'vigil-web' },
  ],
  ...change,
});

describe('what PgBouncer says', () => {
  test('pools with their size, the one in which clients wait first; its own database is left out', () => {
    const { pools, limits, clients, clientsFound, version } = readingOf(shown());
    expect(version).toBe('PgBouncer 1.18.0');
    expect(pools.map((pool) => pool.login)).toEqual(['vigil_web', 'vigil_worker']);
    expect(pools[0]).toEqual({
      database: 'fraud_detection',
      login: 'vigil_web',
      mode: 'transaction',
      clientsActive: 20,
      clientsWaiting: 3,
      maxWaitSeconds: 2.5,
      serversActive: 25,
      serversIdle: 0,
      serversOther: 1,
      size: 25,
      reserve: 5,
    });
    expect(pools[1]).toMatchObject({ clientsWaiting: 0, serversIdle: 5 });
    expect(limits).toMatchObject({
      mode: 'transaction',
      maxClients: 1000,
      poolSize: 25,
      waitTimeoutSeconds: 15,
    });
    expect(clientsFound).toBe(4);
    expect(clients[0]).toEqual({ application: 'vigil-web', login: 'vigil_web', state: 'waiting', count: 3 });
  });

  test('all pools together', () => {
    expect(sumOf(readingOf(shown()))).toEqual({
      clientsActive: 22,
      clientsWaiting: 3,
      maxWaitSeconds: 2.5,
      serversActive: 25,
      serversIdle: 6,
      transactions: 1000,
      queries: 5000,
      waitSeconds: 2.5,
    });
  });

  test('columns of a newer version, and columns that are missing', () => {
    const databases = shown().databases.map(({ reserve_pool, ...row }) => ({
      ...row,
      reserve_pool_size: 7,
      load_balance_hosts: null,
    }));
    const { pools } = readingOf(shown({ databases, version: [{ version: 'PgBouncer 1.25.0' }] }));
    expect(pools[0]).toMatchObject({ reserve: 7 });
    const bare = readingOf({
      version: [],
      pools: [{ database: 'a', user: 'b' }],
      stats: [],
      databases: [],
      config: [],
      clients: [],
    });
    expect(bare.pools[0]).toMatchObject({ clientsWaiting: 0, maxWaitSeconds: 0, size: 0 });
    expect(sumOf(bare).maxWaitSeconds).toBe(0);
  });

  test('a pooler without pools', () => {
    expect(sumOf(readingOf(shown({ pools: [] })))).toMatchObject({ maxWaitSeconds: 0, serversActive: 0 });
  });
});

describe('room on the server', () => {
  const server = { port: 5432, allowed: 147, used: 60 };
  test('pools of all logins with their reserve, held by the limit of the database, beside those who come past them', () => {
    // 2 logins × (25 + 5), 31 of the 60 connections are the pools’ own.
    expect(capacityOf(readingOf(shown()), server)).toEqual({
      possible: 60,
      direct: 29,
      allowed: 147,
      fits: true,
      busy: 2,
    });
    const many = shown().pools.concat(
      ['c', 'd', 'e'].map((user) => ({ database: 'fraud_detection', user, pool_mode: 'transaction' })),
    );
    expect(capacityOf(readingOf(shown({ pools: many })), server).possible).toBe(100);
    expect(capacityOf(readingOf(shown({ pools: many })), { ...server, allowed: 120 }).fits).toBe(false);
  });

  test('pools of another server take nothing from this one', () => {
    expect(capacityOf(readingOf(shown()), { ...server, port: 5433 })).toMatchObject({
      possible: 0,
      direct: 60,
      busy: 0,
    });
  });
});

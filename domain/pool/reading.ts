/** What PgBouncer's console says, in the words of the console page; its columns differ by version and are read by name. */
export type Pool = {
  database: string;
  login: string;
  mode: string;
  clientsActive: number;
  clientsWaiting: number;
  /** How long the first of those that wait has been waiting. */
  maxWaitSeconds: number;
  /** Connections to the server that work for a client, that are free, and that are being checked or opened. */
  serversActive: number;
  serversIdle: number;
  serversOther: number;
  /** Connections that this pool may have, and as many again for short while clients wait. */
  size: number;
  reserve: number;
};

/** Totals since PgBouncer began, and the means of its last period (a minute). */
export type PoolTraffic = {
  database: string;
  transactions: number;
  queries: number;
  waitSeconds: number;
  transactionsPerSecond: number;
  queriesPerSecond: number;
  /** Mean times of a transaction and of waiting for a connection. */
  transactionMs: number;
  waitMs: number;
};

export type PoolDatabase = {
  name: string;
  host: string | null;
  port: number;
  /** Its name on the server. */
  database: string;
  size: number;
  reserve: number;
  /** Connections that all of its pools may have together; 0 is no limit. */
  most: number;
  connections: number;
  paused: boolean;
  disabled: boolean;
};

export type PoolLimits = {
  mode: string;
  maxClients: number;
  poolSize: number;
  reserveSize: number;
  reserveAfterSeconds: number;
  maxPerDatabase: number;
  maxPerLogin: number;
  /** A client that waits longer is refused; 0 is never. */
  waitTimeoutSeconds: number;
  idleTransactionTimeoutSeconds: number;
};

export type PoolClients = { application: string; login: string; state: string; count: number };

export type PoolReading = {
  version: string;
  pools: Pool[];
  traffic: PoolTraffic[];
  databases: PoolDatabase[];
  limits: PoolLimits;
  /** Client connections by application, most first, at most 50 groups. */
  clients: PoolClients[];
  clientsFound: number;
};

export type Row = Record<string, unknown>;
export type Shown = Record<'version' | 'pools' | 'stats' | 'databases' | 'config' | 'clients', Row[]>;

const number = (row: Row, ...names: string[]): number =>
  names.reduce((sum, name) => sum + (Number(row[name] ?? 0) || 0), 0);
const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const micros = 1e6;

/** Its own database, in which the console is. */
const isOwn = (name: unknown): boolean => name === 'pgbouncer';

const databaseOf = (row: Row): PoolDatabase => ({
  name: text(row.name),
  host: row.host === null || row.host === undefined ? null : text(row.host),
  port: number(row, 'port'),
  database: text(row.database),
  size: number(row, 'pool_size'),
  // Renamed in 1.24.
  reserve: number(row, row.reserve_pool_size === undefined ? 'reserve_pool' : 'reserve_pool_size'),
  most: number(row, 'max_connections'),
  connections: number(row, 'current_connections'),
  paused: number(row, 'paused') > 0,
  disabled: number(row, 'disabled') > 0,
});

const poolOf = (row: Row, database: PoolDatabase | undefined, limits: PoolLimits): Pool => ({
  database: text(row.database),
  login: text(row.user),
  mode: text(row.pool_mode),
  clientsActive: number(row, 'cl_active'),
  clientsWaiting: number(row, 'cl_waiting'),
  maxWaitSeconds: number(row, 'maxwait') + number(row, 'maxwait_us') / micros,
  serversActive: number(row, 'sv_active'),
  serversIdle: number(row, 'sv_idle', 'sv_used'),
  serversOther: number(row, 'sv_tested', 'sv_login', 'sv_active_cancel', 'sv_being_canceled'),
  size: database?.size ?? limits.poolSize,
  reserve: database?.reserve ?? limits.reserveSize,
});

const trafficOf = (row: Row): PoolTraffic => ({
  database: text(row.database),
  transactions: number(row, 'total_xact_count'),
  queries: number(row, 'total_query_count'),
  waitSeconds: number(row, 'total_wait_time') / micros,
  transactionsPerSecond: number(row, 'avg_xact_count'),
  queriesPerSecond: number(row, 'avg_query_count'),
  transactionMs: number(row, 'avg_xact_time') / 1000,
  waitMs: number(row, 'avg_wait_time') / 1000,
});

const limitsOf = (rows: Row[]): PoolLimits => {
  const config: Row = Object.fromEntries(rows.map((row) => [text(row.key), row.value]));
  return {
    mode: text(config.pool_mode),
    maxClients: number(config, 'max_client_conn'),
    poolSize: number(config, 'default_pool_size'),
    reserveSize: number(config, 'reserve_pool_size'),
    reserveAfterSeconds: number(config, 'reserve_pool_timeout'),
    maxPerDatabase: number(config, 'max_db_connections'),
    maxPerLogin: number(config, 'max_user_connections'),
    waitTimeoutSeconds: number(config, 'query_wait_timeout'),
    idleTransactionTimeoutSeconds: number(config, 'idle_transaction_timeout'),
  };
};

const clientsOf = (rows: Row[]): PoolClients[] => {
  const groups = new Map<string, PoolClients>();
  for (const row of rows) {
    const group = {
      application: text(row.application_name),
      login: text(row.user),
      state: text(row.state),
      count: 0,
    };
    const key = JSON.stringify(group);
    const known = groups.get(key) ?? group;
    known.count += 1;
    groups.set(key, known);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, 50);
};

/** What the console's answers mean. Its own database is left out. */
export const readingOf = (shown: Shown): PoolReading => {
  const limits = limitsOf(shown.config);
  const databases = shown.databases.filter((row) => !isOwn(row.name)).map(databaseOf);
  const clients = shown.clients.filter((row) => !isOwn(row.database));
  return {
    version: text(Object.values(shown.version[0] ?? {})[0]),
    pools: shown.pools
      .filter((row) => !isOwn(row.database))
      .map((row) =>
        poolOf(
          row,
          databases.find((one) => one.name === row.database),
          limits,
        ),
      )
      .sort((a, b) => b.clientsWaiting - a.clientsWaiting || b.serversActive - a.serversActive),
    traffic: shown.stats.filter((row) => !isOwn(row.database)).map(trafficOf),
    databases,
    limits,
    clients: clientsOf(clients),
    clientsFound: clients.length,
  };
};

/** Of the connections that a pool may have without its reserve, the share that works for a client. */
export const usedShare = (pool: Pool): number => (pool.size > 0 ? pool.serversActive / pool.size : 0);

export type PoolSum = {
  clientsActive: number;
  clientsWaiting: number;
  maxWaitSeconds: number;
  serversActive: number;
  serversIdle: number;
  transactions: number;
  queries: number;
  waitSeconds: number;
};

/** All pools together. */
export const sumOf = ({ pools, traffic }: PoolReading): PoolSum => {
  const sum = <T>(rows: readonly T[], of: (row: T) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    clientsActive: sum(pools, (pool) => pool.clientsActive),
    clientsWaiting: sum(pools, (pool) => pool.clientsWaiting),
    maxWaitSeconds: Math.max(0, ...pools.map((pool) => pool.maxWaitSeconds)),
    serversActive: sum(pools, (pool) => pool.serversActive),
    serversIdle: sum(pools, (pool) => pool.serversIdle + pool.serversOther),
    transactions: sum(traffic, (one) => one.transactions),
    queries: sum(traffic, (one) => one.queries),
    waitSeconds: sum(traffic, (one) => one.waitSeconds),
  };
};

export type ServerRoom = {
  port: number;
  /** Connections that the server allows to others than superusers, and those there are now. */
  allowed: number;
  used: number;
};

export type Capacity = {
  /** Connections that the pools of this server may open together, now that they have these logins. */
  possible: number;
  /** Of the server's connections those that do not come from the pools. */
  direct: number;
  allowed: number;
  /** Everything at once has room on the server. */
  fits: boolean;
  /** Connections that were busy on average in the last minute: transactions a second × their mean time. */
  busy: number;
};

/** Whether the server has room for all that the pools may open, beside those who come past them. */
export const capacityOf = (reading: PoolReading, server: ServerRoom): Capacity => {
  const here = reading.databases.filter((database) => database.port === server.port);
  const names = new Set(here.map((database) => database.name));
  const perDatabase = [...names].map((name) => {
    const most = here.find((database) => database.name === name)?.most ?? 0;
    const wanted = reading.pools
      .filter((pool) => pool.database === name)
      .reduce((sum, pool) => sum + pool.size + pool.reserve, 0);
    return most > 0 ? Math.min(most, wanted) : wanted;
  });
  const possible = perDatabase.reduce((sum, one) => sum + one, 0);
  const pooled = reading.pools
    .filter((pool) => names.has(pool.database))
    .reduce((sum, pool) => sum + pool.serversActive + pool.serversIdle + pool.serversOther, 0);
  const direct = Math.max(0, server.used - pooled);
  const busy = reading.traffic
    .filter((one) => names.has(one.database))
    .reduce((sum, one) => sum + (one.transactionsPerSecond * one.transactionMs) / 1000, 0);
  return { possible, direct, allowed: server.allowed, fits: possible + direct <= server.allowed, busy };
};

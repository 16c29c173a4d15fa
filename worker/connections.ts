import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Sql } from 'postgres';
import { connect } from '@/db/client';

/** Names this worker wherever something is taken by one of several. */
export const workerName = `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`;

/** The worker's connections: `sql` may go through a pooler and keeps no session state; `direct` and `maintainer` never do. */
export type Connections = {
  sql: Sql;
  /** Past any pooler: LISTEN and session locks. */
  direct: Sql;
  /** May act as the owner, for statements that no function can run; opened at its first use. */
  maintainer: Sql;
  /** One connection like that of its own, for a session whose end must be noticed. */
  openMaintainer(onclose: () => void): Sql;
  end(): Promise<void>;
};

export const openConnections = (most: number): Connections => {
  const url = process.env.VIGIL_WORKER_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!url) throw new Error('no database: set VIGIL_WORKER_DATABASE_URL or DATABASE_URL');
  const sql = connect(url, { max: most });
  const direct = connect(process.env.DIRECT_DATABASE_URL ?? url, {
    max: 2,
    prepare: true,
    name: 'worker-direct',
  });
  const maintainerUrl = process.env.VIGIL_MAINTAINER_DATABASE_URL ?? process.env.DIRECT_DATABASE_URL ?? url;
  const maintainer = connect(maintainerUrl, { max: 2, prepare: true, name: 'maintainer' });
  return {
    sql,
    direct,
    maintainer,
    openMaintainer: (onclose) =>
      connect(maintainerUrl, { max: 1, prepare: true, arrays: false, name: 'maintenance', onclose }),
    end: async () => {
      await Promise.all([sql, direct, maintainer].map((connection) => connection.end({ timeout: 1 })));
    },
  };
};

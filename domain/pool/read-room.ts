import type { Sql, TransactionSql } from 'postgres';
import type { ServerRoom } from './reading';

/** How many connections the server behind this login allows, and how many there are. */
export const readRoom = async (sql: Sql | TransactionSql): Promise<ServerRoom> => {
  const [row] = await sql`
    select /* vigil:sample */ current_setting('port')::int as port,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed,
      (select count(*) from pg_stat_activity a
        where a.datid is not null and coalesce(a.backend_type, 'client backend') = 'client backend')::int as used`;
  return row as unknown as ServerRoom;
};

import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';

/** A login of the product under test; its starter keeps port and passwords beside the data. */
export function loginUrl(role: 'worker' | 'ingest' | 'web' | 'maintainer'): string {
  const dir = process.env.VIGIL_E2E_DATA_DIR ?? path.dirname(process.env.VIGIL_E2E_CREDENTIALS!);
  const passwords = JSON.parse(readFileSync(path.join(dir, 'roles.json'), 'utf8')) as Record<string, string>;
  const server = process.env.VIGIL_E2E_STACK_DIR
    ? path.join(process.env.VIGIL_E2E_STACK_DIR, 'primary')
    : path.join(dir, 'postgres');
  const port = readFileSync(path.join(server, 'port'), 'utf8').trim();
  return `postgres://vigil_${role}:${passwords[role]}@127.0.0.1:${port}/fraud_detection`;
}

/** One connection of the worker's login under a name of its own, without the limits of that login. */
export const clientNamed = (application: string): Sql =>
  postgres(loginUrl('worker'), {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: application,
      options: '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0',
    },
  });

/** One connection of the maintainer's login, which may act as the owner. */
export const maintainerSql = (): Sql => postgres(loginUrl('maintainer'), { max: 1, onnotice: () => {} });

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect } from './client';
import { ensureDatabase, migrate } from './migrate';

const publication = 'fraud_analytics';

/**
 * Makes another server a subscriber of the publication: the same tree, a DEFAULT partition for months that it does not know,
 * and the subscription with its slot, which copies what is there and then follows. A second time it only follows `publisher`
 * again, at its address of now.
 * @param serverUrl superuser on the other server, any database of it
 * @param publisher connection string of the publisher's database, for the login that replicates
 * @returns the URL of the subscriber's database
 */
export const subscribe = async (
  serverUrl: string,
  publisher: string,
  options: { passwordFile: string; log?: (line: string) => void },
): Promise<string> => {
  const url = await ensureDatabase(serverUrl);
  await migrate(url, options);
  const sql = connect(url, { max: 1, name: 'subscribe', prepare: false });
  try {
    const text = readFileSync(fileURLToPath(new URL('./subscriber.sql', import.meta.url)), 'utf8');
    await sql.unsafe(text);
    const [there] = await sql`select 1 from pg_subscription s join pg_database d on d.oid = s.subdbid
      where s.subname = ${publication} and d.datname = current_database()`;
    const [quoted] = await sql`select quote_literal(${publisher}) as text`;
    const to = `connection ${quoted?.text}`;
    if (there) {
      await sql.unsafe(`alter subscription ${publication} ${to}`);
      await sql.unsafe(`alter subscription ${publication} refresh publication`);
    } else await sql.unsafe(`create subscription ${publication} ${to} publication ${publication}`);
  } finally {
    await sql.end();
  }
  return url;
};

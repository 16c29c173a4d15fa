import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@/db/client';
import { dumpSchema } from '@/db/dump-schema';
import { startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';

/** Writes db/schema.sql anew: starts an empty server, migrates it and prints its catalog. */
const main = async (): Promise<void> => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-dump-'));
  const server = await startEmbedded({ dir, durable: false });
  try {
    const url = await ensureDatabase(server.url);
    await migrate(url, { passwordFile: path.join(dir, 'roles.json') });
    const sql = connect(url, { max: 1, name: 'dump' });
    const text = await dumpSchema(sql);
    await sql.end();
    const file = fileURLToPath(new URL('../db/schema.sql', import.meta.url));
    fs.writeFileSync(file, text);
    console.log(`db/schema.sql: ${text.split('\n').length} lines`);
  } finally {
    await server.stop();
    fs.rmSync(dir, { recursive: true, force: true });
    fs.rmSync(server.dataDir, { recursive: true, force: true });
  }
};

await main();

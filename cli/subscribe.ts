import fs from 'node:fs';
import path from 'node:path';
import { subscribe } from '@/db/subscriber';
import { readSettings } from './starter/settings';

/** Makes the server of DATABASE_URL a subscriber of the publication of the one that VIGIL_PUBLISHER names. */
const settings = readSettings(process.env, []);
const publisher = process.env.VIGIL_PUBLISHER;
if (!settings.databaseUrl || !publisher) {
  console.error(
    'Set DATABASE_URL to a superuser of the server that is to follow, and VIGIL_PUBLISHER to a connection string of the primary,\n' +
      'such as "host=db1 dbname=fraud_detection user=vigil_replicator passfile=/var/lib/postgresql/.pgpass".',
  );
  process.exit(1);
}
fs.mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
const passwordFile = path.join(settings.dataDir, 'subscriber-roles.json');
const url = await subscribe(settings.databaseUrl, publisher, {
  passwordFile,
  log: (line) => console.log(line),
});
console.log(`${new URL(url).host} follows fraud_analytics`);

import path from 'node:path';
import { migrate } from '@/db/migrate';
import { readSettings } from './starter/settings';

const settings = readSettings(process.env, []);
const url = settings.directUrl ?? settings.databaseUrl;
if (!url) {
  console.error('Set DATABASE_URL (or DIRECT_DATABASE_URL past a pooler) to a login that may create roles.');
  process.exit(1);
}
const passwordFile = path.join(settings.dataDir, 'roles.json');
await migrate(url, { passwordFile, pooler: settings.directUrl !== null, log: (line) => console.log(line) });
console.log(`migrated; the logins of the processes are in ${passwordFile}`);

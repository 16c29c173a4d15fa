import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { systemActor } from '@/domain/actor';
import type { Result } from '@/domain/errors';
import { loadModel, promoteModel } from '@/domain/models/commands';
import { databaseUrl } from './starter/database-url';
import { readSettings } from './starter/settings';

/** Brings models into the registry and chooses the champion, from the server's own shell. */
const usage = `npm run models -- load FILE.json --name NAME --version VERSION
npm run models -- promote --name NAME --version VERSION --reason "WHY"
FILE is a model that XGBoost saved as JSON (binary:logistic; features named as in docs/features.md).`;

async function run(): Promise<Result<unknown>> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, version: { type: 'string' }, reason: { type: 'string' } },
  });
  const { name, version, reason } = values;
  const actor = systemActor('command line');
  const [action, file] = positionals;
  if (!name || !version) throw new Error(usage);
  if (action === 'promote' && reason) return promoteModel(actor, { name, version, reason });
  if (action === 'load' && file)
    return loadModel(actor, { name, version, model: JSON.parse(readFileSync(file, 'utf8')) });
  throw new Error(usage);
}

async function main(): Promise<void> {
  setDatabase(connect(databaseUrl(readSettings(process.env, [])), { max: 1, name: 'models' }));
  try {
    const done = await run();
    if (!done.ok)
      throw new Error(
        `Not done: ${done.error.detail ?? done.error.code} ${done.error.values?.why ?? done.error.field ?? ''}`,
      );
    console.log('Done.');
  } finally {
    await closeDatabase();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

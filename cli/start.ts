import fs from 'node:fs';
import path from 'node:path';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { isFree } from '@/db/embedded';
import { seed } from '@/db/seed';
import { seedHistory } from '@/db/seed/history';
import { seedStory } from '@/db/seed/story';
import { announce } from './starter/announce';
import { buildConsole } from './starter/build';
import { openDatabase } from './starter/database';
import {
  type Credentials,
  credentialsFile,
  readJson,
  readSecrets,
  writePrivate,
} from './starter/private-files';
import { demoSpec, ingestUrl, processSpecs, publicUrl, webUrl } from './starter/processes';
import { say, step, warn } from './starter/progress';
import { waitForAnswer } from './starter/ready';
import { claimRun, clearMark, endLeftoverProcesses } from './starter/run-marks';
import { readSettings, type Settings, StartError } from './starter/settings';
import { Supervisor } from './starter/supervisor';

/** What must be undone, the last first. */
const cleanups: (() => unknown)[] = [];
let stopping = false;

async function main(): Promise<void> {
  const settings = readSettings(process.env, process.argv.slice(2));
  say(`Vigil · Node ${process.versions.node} · data in ${settings.dataDir}`);
  // Passable, because root's PostgreSQL runs as nobody below it; what it holds is closed file by file.
  fs.mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
  fs.mkdirSync(path.join(settings.dataDir, 'logs'), { recursive: true, mode: 0o700 });
  claimRun(settings.dataDir, webUrl(settings));
  cleanups.push(() => clearMark(settings.dataDir, 'start'));
  const ended = await endLeftoverProcesses(settings.dataDir);
  if (ended.length > 0) say(`· left from a killed start and ended now: ${ended.join(', ')}`);
  await assertPortsFree(settings);

  const secrets = readSecrets(settings.dataDir, process.env);
  process.env.VIGIL_SECRET_KEY = secrets.VIGIL_SECRET_KEY;
  if (!settings.dev) {
    const log = path.join(settings.dataDir, 'logs', 'build.log');
    if (!fs.existsSync(path.join(settings.root, settings.nextDir, 'BUILD_ID')))
      say('· console: building, about a minute');
    await step(
      'console',
      () => buildConsole(settings.nextDir, log),
      (built) => (built ? 'built' : 'present'),
    );
  }
  const database = await openDatabase(settings);
  cleanups.push(() => database.stop());
  const { credentials, firstAdminLink } = await step(
    'accounts and rules',
    () => seedDatabase(settings, database.bootstrap),
    ({ made }) => (made.length > 0 ? made.join(', ') : 'present'),
  );

  const supervisor = new Supervisor(settings.dataDir);
  cleanups.push(() => supervisor.stop());
  process.on('SIGINT', () => stopping && supervisor.kill());
  for (const spec of processSpecs(settings, database.urls, secrets)) supervisor.start(spec);
  const hopeful = () => supervisor.assertHopeful();
  await step(
    'ingest',
    () => waitForAnswer(`${ingestUrl(settings)}/api/v1/health`, hopeful),
    () => 'answers',
  );
  await step(
    'web',
    () => waitForAnswer(`${webUrl(settings)}/api/health`, hopeful),
    () => 'answers',
  );
  const { begun, apiKey } = credentials;
  if (begun && apiKey) supervisor.start(demoSpec(settings, database.urls, { begun, apiKey }));
  announce(settings, credentials, firstAdminLink);
}

async function seedDatabase(settings: Settings, url: string) {
  const file = credentialsFile(settings.dataDir);
  setDatabase(connect(url, { max: 2, name: 'seed' }));
  try {
    const known = readJson<Credentials>(file);
    const result = await seed({ demo: settings.demo, known });
    const begun = settings.demo ? (known?.begun ?? new Date().toISOString()) : undefined;
    const credentials: Credentials = {
      web: webUrl(settings),
      ingest: ingestUrl(settings),
      ...(result.apiKey ? { apiKey: result.apiKey } : {}),
      users: result.users,
      ...(begun ? { begun } : {}),
    };
    writePrivate(file, `${JSON.stringify(credentials, null, 2)}\n`);
    if (begun && settings.historyHours > 0) {
      const payments = await seedHistory({
        hours: settings.historyHours,
        begun: Date.parse(begun),
        onBegin: (count) => say(historyBegins(count)),
      });
      if (payments > 0) {
        await seedStory(result.users);
        result.made.push(`${payments} payments of the ${settings.historyHours} hours before`);
      }
    }
    const firstAdminLink = result.firstAdminPath ? `${publicUrl(settings)}${result.firstAdminPath}` : null;
    return { credentials, firstAdminLink, made: result.made };
  } finally {
    await closeDatabase();
  }
}

const historyBegins = (count: number) => `· demo: deciding ${count} payments of the weeks before now`;

async function assertPortsFree(settings: Settings): Promise<void> {
  for (const [name, port] of [
    ['VIGIL_WEB_PORT', settings.webPort],
    ['VIGIL_INGEST_PORT', settings.ingestPort],
  ] as const) {
    if (await isFree(port)) continue;
    throw new StartError(`Port ${port} is taken by another program. Set ${name} to a free one.`);
  }
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const undo of cleanups.reverse()) {
    try {
      await undo();
    } catch (error) {
      warn(`! ${(error as Error).message}`);
      code ||= 1;
    }
  }
  process.exit(code);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!stopping) say('stopping');
    void stop(0);
  });
}

main().catch((error: unknown) => {
  if (stopping) return;
  warn(error instanceof StartError ? error.message : String((error as Error).stack ?? error));
  void stop(1);
});

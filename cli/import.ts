import fs from 'node:fs';
import path from 'node:path';
import { openServer } from './backup/server';
import { readArguments, usage } from './import/arguments';
import { progressShown } from './import/report';
import { importFile } from './import/run';
import { UsageError } from './options';
import { readSettings } from './starter/settings';

/** Brings the payments of a CSV file into the database, decided as of their own moments. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes('--help')) {
    console.log(usage);
    return;
  }
  const plan = readArguments(args);
  const folder = process.env.INIT_CWD ?? process.cwd();
  const file = path.resolve(folder, plan.file);
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`${plan.file} is no file.`);
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopped = true;
    });
  const server = await openServer(readSettings(process.env, []), { create: false });
  const shown = progressShown(process.stderr);
  try {
    const whole = await importFile({ args: plan, url: server.url, folder, shown, stopped: () => stopped });
    if (!whole) {
      shown.say('stopped; the same command goes on from here');
      process.exitCode = 130;
    }
  } finally {
    shown.done();
    await server.stop();
  }
}

main().catch((error: Error) => {
  console.error(
    error instanceof UsageError
      ? `${error.message}\nnpm run import -- --help says more.`
      : (error.stack ?? error),
  );
  process.exitCode = 1;
});

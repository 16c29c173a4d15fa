import { askForReport } from './demo/report';
import { readArguments } from './simulate/arguments';
import { sendLive } from './simulate/live';

/** What goes on around a demo: payments and labels as they happen, and a report of finance that is slow. */
const main = async (): Promise<void> => {
  const plan = readArguments(process.argv.slice(2), process.env);
  const url = process.env.VIGIL_READONLY_DATABASE_URL;
  if (plan.mode !== 'send' || !url) throw new Error('the demo sends, and reads the database');
  const end = askForReport(url);
  await sendLive(plan);
  await end();
};

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(String((error as Error).stack ?? error));
    process.exit(1);
  },
);

import { UsageError } from './options';
import { readArguments, usage } from './simulate/arguments';
import { sendLive } from './simulate/live';
import { writePayments } from './simulate/write';

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return;
  }
  const plan = readArguments(args, process.env);
  if (plan.mode === 'send') return sendLive(plan);
  const count = await writePayments(plan.file, plan.traffic, plan.from, plan.to);
  console.log(`${count} payments written to ${plan.file}`);
};

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(
      error instanceof UsageError ? `${error.message}\n\n${usage}` : String((error as Error).stack ?? error),
    );
    process.exit(1);
  },
);

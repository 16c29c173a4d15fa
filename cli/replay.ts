import { UsageError } from './options';
import { readArguments, usage } from './replay/arguments';
import { showProgress } from './replay/report';
import { replay } from './replay/run';
import { makeSender } from './replay/sender';

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes('--help')) {
    console.log(usage);
    return;
  }
  const plan = readArguments(args, process.env);
  const sender = makeSender(plan);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => sender.stop());
  const end = showProgress(sender, process.stderr);
  try {
    await replay(plan, sender);
  } finally {
    end();
  }
};

main().catch((error: unknown) => {
  console.error(
    error instanceof UsageError ? `${error.message}\n\n${usage}` : String((error as Error).stack ?? error),
  );
  process.exitCode = 1;
});

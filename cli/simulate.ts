import { simulate, simulateFrauds } from '@/db/seed/simulator/timeline';
import { UsageError } from './options';
import { showProgress } from './replay/report';
import { makeSender } from './replay/sender';
import { readArguments, type SimulateArguments, usage } from './simulate/arguments';
import { LabelSender } from './simulate/labels';
import { sendPayments } from './simulate/send';
import { writePayments } from './simulate/write';

/** Faster than any simulated minute, slow enough to be polite after a wait. */
const mostPerSecond = 200;
/** Later than that hardly anything is reported. */
const lookBackMs = 60 * 86_400_000;

const send = async (plan: SimulateArguments & { mode: 'send' }): Promise<void> => {
  const sender = makeSender({ ...plan, rate: mostPerSecond, concurrency: 16 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => sender.stop());
  const end = showProgress(sender, process.stdout, 60_000);
  const now = Date.now();
  const labels = new LabelSender(plan);
  // What becomes known from now on was paid weeks ago.
  for (const fraud of simulateFrauds(plan.traffic, now - lookBackMs, now))
    if (fraud.known && fraud.known.at > now) labels.note(fraud);
  await sendPayments(simulate(plan.traffic, now), sender, labels);
  await sender.finish(5_000);
  end();
};

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return;
  }
  const plan = readArguments(args, process.env);
  if (plan.mode === 'send') return send(plan);
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

import { simulate, simulateFrauds } from '@/db/seed/simulator/timeline';
import { showProgress } from '../replay/report';
import { makeSender } from '../replay/sender';
import type { SimulateArguments } from './arguments';
import { LabelSender } from './labels';
import { sendPayments } from './send';

/** Faster than any simulated minute, slow enough to be polite after a wait. */
const mostPerSecond = 200;
/** Later than that hardly anything is reported. */
const lookBackMs = 60 * 86_400_000;

/** Sends the traffic of now as it happens, and what becomes known of earlier payments, until it is told to end. */
export const sendLive = async (plan: SimulateArguments & { mode: 'send' }): Promise<void> => {
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

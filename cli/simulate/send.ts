import type { Simulated } from '@/db/seed/simulator/timeline';
import type { Sender } from '../replay/sender';
import type { LabelSender } from './labels';

const labelEveryMs = 30_000;
const pauseMs = 250;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends each payment when it happens, and tells what becomes known of it, until they end or the sender is stopped.
 * @param payments oldest first, from now on
 */
export const sendPayments = async (
  payments: Iterable<Simulated>,
  sender: Sender,
  labels: LabelSender,
): Promise<void> => {
  let toldAt = 0;
  const tell = async () => {
    if (Date.now() - toldAt < labelEveryMs) return;
    toldAt = Date.now();
    await labels.tell(toldAt);
  };
  for (const simulated of payments) {
    while (!sender.stopped && Date.now() < simulated.at) {
      await tell();
      await pause(Math.min(pauseMs, Math.max(0, simulated.at - Date.now())));
    }
    await sender.turn();
    if (sender.stopped) return;
    sender.send(simulated.payment);
    labels.note(simulated);
  }
};

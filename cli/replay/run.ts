import { ProgressFile } from './progress-file';
import { type Mapping, readRows } from './rows';
import type { Sender } from './sender';

export type ReplayPlan = Mapping & { file: string; start: number; loop: boolean; state: string | null };

/** Sends the rows of a file, from where the last run stopped, until the end of it or of the sender. */
export const replay = async (plan: ReplayPlan, sender: Sender): Promise<void> => {
  const progress = new ProgressFile(plan.state, { round: 1, next: plan.start });
  for (let { round, next } = progress.from; !sender.stopped; round += 1, next = 0) {
    let row = next;
    for await (const payment of readRows(plan.file, plan, { skip: next, round })) {
      await sender.turn();
      if (sender.stopped) break;
      progress.reserve(round, row);
      sender.send(payment);
      row += 1;
    }
    if (!plan.loop || (row === 0 && next === 0)) break;
  }
  await sender.finish(sender.stopped ? 5_000 : undefined);
  progress.finish();
};

import type { Simulated } from '@/db/seed/simulator/timeline';

type Report = { at: number; label: string; id: string; timestamp: string };

const mostAtOnce = 200;
const answerWithin = 15_000;

/** Tells the API what becomes known of payments, when it does. What could not be said is said with the next. */
export class LabelSender {
  readonly #target: URL;
  readonly #key: string;
  /** By when they become known, the latest first. */
  readonly #reports: Report[] = [];
  sent = 0;
  trouble: string | null = null;

  constructor(access: { url: string; key: string }) {
    this.#target = new URL('/api/v1/labels', access.url);
    this.#key = access.key;
  }

  note({ payment, known }: Simulated): void {
    if (!known) return;
    const report = {
      at: known.at,
      label: known.label,
      id: payment.transaction_id,
      timestamp: payment.transaction_timestamp,
    };
    const place = this.#reports.findIndex((each) => each.at < report.at);
    this.#reports.splice(place < 0 ? this.#reports.length : place, 0, report);
  }

  /** Sends what is known at `now`; payments that the API does not have are left to themselves. */
  async tell(now: number): Promise<void> {
    while ((this.#reports.at(-1)?.at ?? now) < now) {
      const due: Report[] = [];
      while (due.length < mostAtOnce && (this.#reports.at(-1)?.at ?? now) < now)
        due.push(this.#reports.pop() as Report);
      this.trouble = await this.#send(due);
      if (this.trouble === null) {
        this.sent += due.length;
        continue;
      }
      this.#reports.push(...due.reverse());
      return;
    }
  }

  async #send(due: readonly Report[]): Promise<string | null> {
    const body = due.map(({ id, label, timestamp }) => ({
      transaction_id: id,
      label,
      transaction_timestamp: timestamp,
    }));
    try {
      const answer = await fetch(this.#target, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerWithin),
      });
      await answer.arrayBuffer();
      return answer.ok ? null : `labels answer ${answer.status}`;
    } catch {
      return 'does not answer';
    }
  }
}

import type { Row } from './rows';

/** What came of the payments so far. */
export type Counts = {
  sent: number;
  decisions: Record<string, number>;
  /** Refusals by status, other than "later". */
  refused: Record<string, number>;
  /** Times a payment had to be sent again. */
  again: number;
  /** Said by the API about the last refusal. */
  lastRefusal: string | null;
};

export type Sender = {
  /** Resolves when there is room for another payment, and its turn has come. */
  turn(): Promise<void>;
  /** Sends it as a payment of now, unless it says when it was. */
  send(row: Row): void;
  /** Waits until all that was sent has its answer; after `withinMs` the rest is given up. */
  finish(withinMs?: number): Promise<void>;
  /** Ends waiting: no further turn, no further try. */
  stop(): void;
  readonly stopped: boolean;
  readonly counts: Counts;
  /** Why it is waiting now, in words, or null. */
  readonly trouble: string | null;
};

type Options = { url: string; key: string; rate: number; concurrency?: number; now?: () => Date };

const longestWait = 5_000;
const answerWithin = 15_000;

/** Waits that end early when the sender stops. */
class Waits {
  readonly #open = new Set<() => void>();
  stopped = false;

  sleep(ms: number): Promise<void> {
    if (this.stopped || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#open.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#open.add(done);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const done of [...this.#open]) done();
  }
}

const retryAfterMs = (answer: Response): number => {
  const seconds = Number(answer.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
};

/**
 * Sends payments at a steady rate with a bounded number under way. "Later" (429, 503) and a server that does not
 * answer hold everything up and are tried again with the very same body; other refusals are counted.
 */
export const makeSender = (options: Options): Sender => {
  const { url, key, rate, concurrency = 64, now = () => new Date() } = options;
  const target = new URL('/api/v1/transactions', url);
  const counts: Counts = { sent: 0, decisions: {}, refused: {}, again: 0, lastRefusal: null };
  const waits = new Waits();
  const underWay = new Set<Promise<void>>();
  let due = performance.now();
  let pausedUntil = 0;
  let trouble: string | null = null;

  const hold = async (ms: number, why: string): Promise<void> => {
    trouble = why;
    counts.again += 1;
    pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    await waits.sleep(ms * (1 + Math.random() * 0.2));
  };

  const take = async (answer: Response, attempt: number): Promise<'done' | number> => {
    if (answer.status === 429 || answer.status === 503) {
      await answer.arrayBuffer();
      return retryAfterMs(answer);
    }
    const body = (await answer.json()) as { decision?: string; detail?: string };
    if (answer.ok) {
      const decision = body.decision ?? 'unknown';
      counts.decisions[decision] = (counts.decisions[decision] ?? 0) + 1;
      return 'done';
    }
    // Anything else that failed there may pass, but not for ever.
    if (answer.status >= 500 && attempt < 5) return 1000;
    counts.refused[answer.status] = (counts.refused[answer.status] ?? 0) + 1;
    counts.lastRefusal = `${answer.status} ${body.detail ?? ''}`.trim();
    return 'done';
  };

  const deliver = async (body: string): Promise<void> => {
    for (let attempt = 0; !waits.stopped; attempt += 1) {
      try {
        const answer = await fetch(target, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body,
          signal: AbortSignal.timeout(answerWithin),
        });
        const taken = await take(answer, attempt);
        if (taken === 'done') {
          trouble = null;
          return;
        }
        await hold(taken, answer.status === 429 ? 'rate of the key used up' : `answers ${answer.status}`);
      } catch {
        await hold(Math.min(longestWait, 250 * 2 ** Math.min(attempt, 5)), 'does not answer');
      }
    }
  };

  return {
    counts,
    get trouble() {
      return trouble;
    },
    get stopped() {
      return waits.stopped;
    },
    stop: () => waits.stop(),
    turn: async () => {
      while (underWay.size >= concurrency && !waits.stopped) await Promise.race(underWay);
      while (performance.now() < pausedUntil && !waits.stopped)
        await waits.sleep(pausedUntil - performance.now());
      // What could not be sent while held up is not made up for in a burst.
      due = Math.max(due + 1000 / rate, performance.now() - 1000);
      await waits.sleep(due - performance.now());
    },
    send: (row) => {
      counts.sent += 1;
      const work: Promise<void> = deliver(
        JSON.stringify({ transaction_timestamp: now().toISOString(), ...row }),
      ).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    finish: async (withinMs) => {
      const all = Promise.all(underWay);
      if (withinMs === undefined) await all;
      else await Promise.race([all, new Promise((resolve) => setTimeout(resolve, withinMs))]);
    },
  };
};

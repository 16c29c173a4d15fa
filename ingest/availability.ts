import { isUnavailable } from '@/domain/errors';

const probeEvery = 250;
const probeWithin = 1500;

/** Thrown when the database does not answer in time; read as "unavailable". */
export class NoAnswer extends Error {
  readonly code = 'CONNECT_TIMEOUT';
}

/** Ends with NoAnswer when the work takes longer; the work itself goes on. */
export const within = <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer('no answer in time')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/**
 * Knows whether the database answers. After a failure calls are refused at once, so that none waits in a queue for a
 * server that is gone, until a probe has had an answer.
 */
export class Availability {
  #away = false;
  #awaySince = 0;
  #awayBefore = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #suspecting = false;
  #stopped = false;

  constructor(
    private readonly probe: () => Promise<unknown>,
    /** Longer than any statement may take, so that only a server that hangs is given up on. */
    private readonly deadline = 6000,
  ) {}

  get away(): boolean {
    return this.#away;
  }

  /** Milliseconds without a database since this process began. */
  get awayMs(): number {
    return this.#awayBefore + (this.#away ? performance.now() - this.#awaySince : 0);
  }

  /** Pieces of work that wait for the database now. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Runs work that needs the database. @throws NoAnswer, or what the work throws */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#away) throw new NoAnswer('database is away');
    this.#underWay += 1;
    try {
      return await within(this.deadline, work());
    } catch (error) {
      // Late may also mean that many wait for one card; only a probe can tell.
      if (error instanceof NoAnswer) this.#suspect();
      else if (isUnavailable(error)) this.#lose();
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #suspect(): void {
    if (this.#away || this.#suspecting) return;
    this.#suspecting = true;
    within(probeWithin, this.probe())
      .catch(() => this.#lose())
      .finally(() => {
        this.#suspecting = false;
      });
  }

  #lose(): void {
    if (this.#away) return;
    this.#away = true;
    this.#awaySince = performance.now();
    this.#schedule(0);
  }

  #schedule(wait: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      within(probeWithin, this.probe()).then(
        () => {
          this.#awayBefore = this.awayMs;
          this.#away = false;
        },
        () => this.#schedule(probeEvery),
      );
    }, wait);
  }
}

import type { Row, Sql } from 'postgres';
import { ownerRole } from '@/db/roles';

/** A person asked to cancel, or this worker ends: what runs is broken off and leaves nothing half done for good. */
export class Stopped extends Error {
  constructor(readonly by: 'person' | 'worker') {
    super(`stopped by ${by}`);
  }
}

/** The connection went, and with it the lock that makes this the only one at work. */
export class SessionLost extends Error {}

/** How long one statement may wait for a lock that payments need too. */
const politeMs = 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export type SessionOptions = {
  /** Opens one connection, direct and as the maintainer; calls back when it closes. */
  open: (onclose: () => void) => Sql;
  /** Cancels what runs in the backend of that number. */
  cancel: (pid: number) => Promise<void>;
  /** Tries for a lock that payments need, and how long between them: at least so that no payment meets two. */
  tries?: number;
  betweenMs?: number;
};

/**
 * The one session on a database that changes tables and indexes: it holds a lock of its own, so that of any number of
 * workers one is at work, and the lock ends with the session and not before the statement that runs in it.
 */
export class MaintenanceSession {
  readonly #sql: Sql;
  readonly #options: SessionOptions;
  #pid = 0;
  #closed = false;
  #stop: Stopped | null = null;
  #onWait: () => Promise<void> = async () => {};

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#sql = options.open(() => {
      this.#closed = true;
    });
  }

  /** @returns null when another worker is at work */
  static async begin(options: SessionOptions): Promise<MaintenanceSession | null> {
    const session = new MaintenanceSession(options);
    try {
      const [row] = await session.rows(
        `select pg_try_advisory_lock(hashtext('vigil.maintenance')) as mine, pg_backend_pid() as pid,
          to_regrole('${ownerRole}') is not null and pg_has_role('${ownerRole}', 'member') as owned`,
      );
      if (row?.mine !== true) {
        await session.end();
        return null;
      }
      session.#pid = Number(row.pid);
      // What it makes belongs to the owner, as everything does.
      if (row.owned === true) await session.run(`set role ${ownerRole}`);
      await session.run('set statement_timeout = 0');
      await session.run('set lock_timeout = 0');
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Called each time that a lock could not be had. */
  onWait(tell: () => Promise<void>): void {
    this.#onWait = tell;
  }

  /** Lets the next request run after one that was stopped. */
  resume(): void {
    if (this.#stop?.by === 'person') this.#stop = null;
  }

  /** Breaks off what runs now; the next statement throws Stopped. */
  async stop(by: 'person' | 'worker'): Promise<void> {
    this.#stop = new Stopped(by);
    if (!this.#closed) await this.#options.cancel(this.#pid);
  }

  /** Throws when a person or this worker wants it to end, or when the session is gone. */
  check(): void {
    if (this.#closed) throw new SessionLost('the connection for maintenance was lost');
    if (this.#stop) throw this.#stop;
  }

  async rows(text: string, values: (string | null | boolean | number)[] = []): Promise<Row[]> {
    this.check();
    try {
      return await this.#sql.unsafe(text, values, { prepare: false });
    } catch (error) {
      if (this.#closed) throw new SessionLost('the connection for maintenance was lost', { cause: error });
      if (this.#stop) throw this.#stop;
      throw error;
    }
  }

  async run(text: string): Promise<void> {
    await this.rows(text);
  }

  /** What tidies up runs also after the rest was stopped. */
  async tidily<T>(work: () => Promise<T>): Promise<T> {
    const stop = this.#stop;
    this.#stop = null;
    try {
      return await work();
    } finally {
      this.#stop ??= stop;
    }
  }

  /**
   * Runs statements as one transaction that waits at most 200 ms for each lock, again and again until it has them: what
   * queues behind a waiting one, payments too, waits no longer. `statements` says what to run each time.
   */
  async politely<T>(statements: (session: this) => Promise<T>): Promise<T> {
    const { tries = 300, betweenMs = 2_000 } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.run('begin');
        await this.run(`set local lock_timeout = '${politeMs}ms'`);
        const value = await statements(this);
        await this.run('commit');
        return value;
      } catch (error) {
        if (!this.#closed) await this.tidily(() => this.run('rollback'));
        if ((error as { code?: string }).code !== '55P03' || attempt >= tries) throw error;
        await this.#onWait();
      }
      await this.#sleep(betweenMs * (1 + Math.random() / 2));
    }
  }

  async #sleep(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.check();
      await pause(Math.min(100, left));
    }
  }

  async end(): Promise<void> {
    this.#closed = true;
    await this.#sql.end({ timeout: 1 });
  }
}

import type { TransactionSql } from 'postgres';
import { type AnalyticsReading, readAnalytics } from '@/db/analytics';
import { databaseSql } from '@/db/client';
import { readGauges, readRates } from '@/domain/database/samples';
import { timeSteps } from '@/domain/database/time-range';
import { noInput, query } from '@/domain/operation';
import { replicationSeriesInput } from './input';
import { type Publication, readPublication } from './publication';
import { type Receiver, readReceivers } from './receivers';
import { type Archiver, type ReplicationServer, readArchiver, readServer } from './server';
import { readSlots, type Slot } from './slots';

export type ReplicationSnapshot = {
  at: string;
  server: ReplicationServer;
  receivers: Receiver[];
  slots: Slot[];
  archiver: Archiver;
};

/** Looking must not wait for what it looks at. */
const limits = { lock: '100ms', statement: '3s' };

const looking = <T>(read: (tx: TransactionSql) => Promise<T>): Promise<T> =>
  databaseSql().begin('read only', async (tx) => {
    // Compiling takes longer than reading a catalog.
    await tx`select set_config('lock_timeout', ${limits.lock}, true), set_config('statement_timeout', ${limits.statement}, true),
      set_config('jit', 'off', true)`;
    return read(tx);
  }) as Promise<T>;

/** What this server is, who receives its log, what its slots keep and how its archive goes. */
export const replicationSnapshot = query({
  name: 'replication.snapshot',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async (): Promise<ReplicationSnapshot> => {
    const found = await looking(async (tx) => {
      const server = await readServer(tx);
      return {
        server,
        receivers: await readReceivers(tx),
        slots: await readSlots(tx, server.versionNumber),
        archiver: await readArchiver(tx),
      };
    });
    return { at: new Date().toISOString(), ...found };
  },
});

/** The publication for analysts, table by table; null where it was never made. */
export const publication = query({
  name: 'replication.publication',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async (): Promise<Publication | null> => looking(readPublication),
});

/** The server for long reads as it answers now, and where they go. */
export const analyticsServer = query({
  name: 'replication.analytics',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async (): Promise<AnalyticsReading> => readAnalytics(),
});

export type ReplicationPoint = {
  at: string;
  /** Bytes, of the one furthest behind. */
  standbyLag: number | null;
  subscriberLag: number | null;
  /** Seconds. */
  standbyDelay: number | null;
  subscriberDelay: number | null;
  /** Bytes that the slot which keeps most keeps. */
  retained: number | null;
  /** Bytes of log written a second. */
  written: number | null;
};

export type ReplicationSeries = { at: string; stepSeconds: number; points: ReplicationPoint[] };

const gauges = ['standby_lag', 'subscriber_lag', 'standby_delay', 'subscriber_delay', 'slots_retained'];

/** Lag, delay and the log kept over a range, at most 96 points: the highest sample of each step. */
export const replicationSeries = query({
  name: 'replication.series',
  can: 'database:read',
  input: replicationSeriesInput,
  live: true,
  run: async ({ db, input }): Promise<ReplicationSeries> => {
    const now = new Date();
    const steps = timeSteps(input.range, 'line', now);
    const highest = await readGauges(db, gauges, steps);
    const rates = await readRates(db, ['wal_bytes'], steps);
    const points = steps.starts.map((start): ReplicationPoint => {
      const gauge = highest.get(start.getTime()) ?? {};
      return {
        at: start.toISOString(),
        standbyLag: gauge.standby_lag ?? null,
        subscriberLag: gauge.subscriber_lag ?? null,
        standbyDelay: gauge.standby_delay ?? null,
        subscriberDelay: gauge.subscriber_delay ?? null,
        retained: gauge.slots_retained ?? null,
        written: rates.get(start.getTime())?.wal_bytes ?? null,
      };
    });
    return { at: now.toISOString(), stepSeconds: steps.stepSeconds, points };
  },
});

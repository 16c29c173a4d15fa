import type { TransactionSql } from 'postgres';
import { readIdentities } from '@/domain/replication/publication';
import { type Receiver, readReceivers } from '@/domain/replication/receivers';
import { readArchiver } from '@/domain/replication/server';
import { isLost, readSlots, type Slot } from '@/domain/replication/slots';
import { group, literal, quoted } from './group';
import type { Reading } from './judge';

const standbyLag = (receivers: Receiver[]): Reading => {
  const worst = receivers[0];
  return {
    value: Math.max(0, worst?.lag ?? 0),
    examined: receivers.length,
    facts: {
      object: worst?.application ?? '',
      where: (worst?.unsent ?? 0) > (worst?.unapplied ?? 0) ? 'shipping' : 'apply',
    },
    evidence: receivers.map((one) => [one.application, one.state, one.lag, one.unsent, one.unapplied]),
  };
};

const standbyDelay = (receivers: Receiver[]): Reading => {
  const late = [...receivers].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  return {
    value: late[0]?.seconds ?? 0,
    examined: receivers.length,
    facts: { object: late[0]?.application ?? '' },
    evidence: late.map((one) => [
      one.application,
      one.state,
      one.seconds === null ? null : Math.round(one.seconds),
    ]),
  };
};

const drop = ({ slot }: Slot) => `SELECT pg_drop_replication_slot(${literal(slot)});`;

const retainedWal = (slots: Slot[]): Reading => {
  const worst = slots[0];
  return {
    value: worst?.retained ?? 0,
    examined: slots.length,
    facts: { object: worst?.slot ?? '', state: worst?.active ? 'active' : 'inactive' },
    evidence: slots.map((one) => [one.slot, one.kind, one.retained, one.left]),
    sql: worst && !worst.active ? [drop(worst)] : [],
  };
};

const inactiveSlots = (slots: Slot[]): Reading => {
  // One that is lost keeps nothing any more; lostSlots says so.
  const idle = slots.filter((one) => !one.active && !one.temporary && !isLost(one));
  return {
    value: idle.length,
    examined: slots.length,
    facts: { object: idle[0]?.slot ?? '', lag: { value: idle[0]?.retained ?? 0, unit: 'bytes' } },
    evidence: idle.map((one) => [
      one.slot,
      one.kind,
      one.retained,
      one.idle === null ? null : Math.round(one.idle),
    ]),
    sql: idle.map(drop),
  };
};

const lostSlots = (slots: Slot[]): Reading => {
  const gone = slots.filter(isLost);
  return {
    value: gone.length,
    examined: slots.length,
    facts: { object: gone[0]?.slot ?? '', why: gone[0]?.cause ?? 'wal_removed' },
    evidence: gone.map((one) => [one.slot, one.kind, one.cause ?? 'wal_removed']),
    sql: gone.map(drop),
  };
};

const slotLimit = async (tx: TransactionSql, slots: Slot[]): Promise<Reading> => {
  const [row] = await tx`select /* vigil:sample */ current_setting('max_slot_wal_keep_size') as keep`;
  const open = row?.keep === '-1';
  return {
    value: open ? slots.length : 0,
    examined: slots.length,
    facts: { object: 'max_slot_wal_keep_size', slots: slots.length },
    evidence: [['max_slot_wal_keep_size', String(row?.keep)]],
    sql: open ? ["ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';", 'SELECT pg_reload_conf();'] : [],
  };
};

/** Tables that are published with their updates and that a subscriber could not find the row in: the update fails here. */
const replicaIdentity = async (tx: TransactionSql): Promise<Reading> => {
  const { examined, rows } = await readIdentities(tx, 50);
  const bare = rows.filter((row) => row.why !== null);
  return {
    value: bare.length,
    examined,
    facts: { object: bare[0]?.table ?? '', publication: bare[0]?.publication ?? '' },
    evidence: bare.map((row) => [row.table, row.publication, row.why]),
    sql: bare.map(
      (row) => `ALTER TABLE ${quoted(row.table)} REPLICA IDENTITY FULL; -- or give it a primary key`,
    ),
  };
};

const archiver = async (tx: TransactionSql): Promise<Reading> => {
  const { mode, archived, failed, failedFile, failedAge, failingFor } = await readArchiver(tx);
  if (mode === 'off') return { skipped: 'switched_off' };
  if (archived + failed === 0) return { tooLittle: 'few_events' };
  const failing = failingFor !== null;
  return {
    // Since the last file that was archived, while a later one fails.
    value: failingFor ?? 0,
    examined: archived + failed,
    atLeast: failing ? 'warning' : undefined,
    facts: { object: failedFile ?? '', failed },
    evidence: failing ? [[failedFile, failed, Math.round(failedAge ?? 0)]] : [],
  };
};

/** Standbys, subscribers and their slots, and what a subscriber needs of us. */
export const replicationChecks = group({
  name: 'replication',
  timeoutMs: 2_000,
  needsMonitor: true,
  checks: [
    'standbyLag',
    'standbyDelay',
    'retainedWal',
    'inactiveSlots',
    'lostSlots',
    'slotLimit',
    'replicaIdentity',
    'archiver',
  ],
  read: async (tx, server) => {
    const receivers = await readReceivers(tx);
    const slots = await readSlots(tx, server.version);
    return {
      standbyLag: standbyLag(receivers),
      standbyDelay: standbyDelay(receivers),
      retainedWal: retainedWal(slots),
      inactiveSlots: inactiveSlots(slots),
      lostSlots: lostSlots(slots),
      slotLimit: await slotLimit(tx, slots),
      replicaIdentity: await replicaIdentity(tx),
      archiver: await archiver(tx),
    };
  },
});

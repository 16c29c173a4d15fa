import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import {
  assignAlert,
  bulkDecide,
  claimAlert,
  claimNextAlert,
  decideAlert,
  escalateAlert,
  releaseAlert,
  undoAlert,
} from './commands';
import { person, raiseAlert } from './testing';

const t = await testDatabase({ role: 'web' });
const mira = await person(t.sql, 'Mira Lindqvist');
const deniz = await person(t.sql, 'Deniz Aksoy');
const sena = await person(t.sql, 'Sena Kaya', 'senior_analyst');
const officer = await person(t.sql, 'Otto Officer', 'security_officer');
let serial = 0;
const raise = (given: Parameters<typeof raiseAlert>[1] | object = {}) =>
  raiseAlert(t.sql, { id: `pay-${++serial}`, ...given });
const stored = async (id: number) => {
  const [row] =
    await t.sql`select a.status, a.disposition, a.assignee_id, a.lease_until, a.note, a.decided_by, x.is_fraud,
      x.label_source, x.labelled_at
    from fraud_alerts a left join transactions x using (transaction_id, transaction_timestamp) where a.id = ${id}`;
  return row ?? {};
};
const audited = (id: number | string, action: string) =>
  t.sql`select * from audit_trail where resource_type = 'alert' and resource_id = ${String(id)} and action = ${action}
    order by timestamp`;
const expire = (id: number) =>
  t.sql`update fraud_alerts set lease_until = now() - interval '1 second' where id = ${id}`;

test('a claim holds the alert for the length of a lease and is on the record', async () => {
  const id = await raise();
  const claimed = await claimAlert(mira, { id });
  expect(claimed).toMatchObject({ ok: true, value: { id } });
  const row = await stored(id);
  expect(row.assignee_id).toBe(mira.userId);
  const minutes = (row.lease_until.getTime() - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(9.5);
  expect(minutes).toBeLessThan(10.1);
  expect(await audited(id, 'alert:claim')).toMatchObject([
    { user_id: mira.userId, old_values: { assigneeId: null }, new_values: { assigneeId: mira.userId } },
  ]);
});

test('a lease of somebody else refuses with their name; when it has run out the alert is free', async () => {
  const id = await raise();
  await claimAlert(mira, { id });
  for (const refused of [
    await claimAlert(deniz, { id }),
    await releaseAlert(deniz, { id }),
    await decideAlert(deniz, { id, disposition: 'fraud' }),
    await escalateAlert(deniz, { id, note: 'look' }),
  ])
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'locked', detail: 'alert.claimed', values: { name: 'Mira Lindqvist' } },
    });
  expect((await stored(id)).status).toBe('open');
  await expire(id);
  expect(await claimAlert(deniz, { id })).toMatchObject({ ok: true });
  expect(await claimAlert(mira, { id })).toMatchObject({
    ok: false,
    error: { values: { name: 'Deniz Aksoy' } },
  });
});

test('release gives the alert back, and only once', async () => {
  const id = await raise();
  await claimAlert(mira, { id });
  expect(await releaseAlert(mira, { id })).toMatchObject({ ok: true, value: { released: true } });
  expect((await stored(id)).assignee_id).toBeNull();
  expect(await releaseAlert(mira, { id })).toMatchObject({ ok: true, value: { released: false } });
  expect(await audited(id, 'alert:release')).toHaveLength(2);
});

test.each([
  ['fraud', true],
  ['good_alert', false],
  ['false_positive', false],
] as const)('verdict %s labels the payment %s', async (disposition, isFraud) => {
  const id = await raise();
  const before = Date.now();
  expect(await decideAlert(mira, { id, disposition, note: ' seen before ' })).toMatchObject({ ok: true });
  const row = await stored(id);
  expect(row).toMatchObject({
    status: 'decided',
    disposition,
    note: 'seen before',
    decided_by: mira.userId,
    assignee_id: null,
    is_fraud: isFraud,
    label_source: 'analyst',
  });
  expect(row.labelled_at.getTime()).toBeGreaterThan(before - 2000);
  expect(await audited(id, 'alert:decide')).toMatchObject([
    {
      reason: 'seen before',
      old_values: { status: 'open', isFraud: null },
      new_values: { status: 'decided', disposition, isFraud, labelSource: 'analyst' },
    },
  ]);
  expect(await decideAlert(deniz, { id, disposition: 'fraud' })).toMatchObject({
    ok: false,
    error: { code: 'conflict', detail: 'alert.decided' },
  });
});

test('escalation needs a note, frees the alert and is decided like any other', async () => {
  const id = await raise();
  await claimAlert(mira, { id });
  expect(await escalateAlert(mira, { id, note: '  ' })).toMatchObject({
    ok: false,
    error: { code: 'invalid', field: 'note' },
  });
  expect(await escalateAlert(mira, { id, note: 'Three cards, one address' })).toMatchObject({ ok: true });
  expect(await stored(id)).toMatchObject({
    status: 'escalated',
    note: 'Three cards, one address',
    assignee_id: null,
    is_fraud: null,
  });
  expect(await audited(id, 'alert:escalate')).toMatchObject([{ reason: 'Three cards, one address' }]);
  expect(await escalateAlert(sena, { id, note: 'again' })).toMatchObject({
    ok: false,
    error: { code: 'conflict' },
  });
  expect(await decideAlert(sena, { id, disposition: 'good_alert' })).toMatchObject({ ok: true });
});

test('undo brings back state, holder and label', async () => {
  const id = await raise();
  await decideAlert(mira, { id, disposition: 'fraud', note: 'sure' });
  expect(await undoAlert(mira, {})).toMatchObject({ ok: true, value: { id, status: 'open' } });
  expect(await stored(id)).toMatchObject({
    status: 'open',
    disposition: null,
    note: null,
    assignee_id: mira.userId,
    decided_by: null,
    is_fraud: null,
    label_source: null,
    labelled_at: null,
  });
  expect(await audited(id, 'alert:undo')).toMatchObject([
    { old_values: { status: 'decided', isFraud: true }, new_values: { status: 'open', isFraud: null } },
  ]);
  expect(await undoAlert(mira, { id })).toMatchObject({
    ok: false,
    error: { code: 'conflict', detail: 'alert.nothing_to_undo' },
  });
});

test('undo of an escalation; a label that was there before comes back under its source', async () => {
  const id = await raise({ isFraud: false });
  await escalateAlert(mira, { id, note: 'hm' });
  expect(await undoAlert(mira, { id })).toMatchObject({ ok: true, value: { status: 'open' } });
  await decideAlert(mira, { id, disposition: 'fraud' });
  expect(await stored(id)).toMatchObject({ is_fraud: true, label_source: 'analyst' });
  expect(await undoAlert(mira, { id })).toMatchObject({ ok: true });
  expect(await stored(id)).toMatchObject({ is_fraud: false, label_source: 'api' });
});

test('undo is refused after somebody else has acted, or labelled the payment, or where it is not one’s own', async () => {
  const escalated = await raise();
  await escalateAlert(mira, { id: escalated, note: 'please look' });
  await claimAlert(sena, { id: escalated });
  expect(await undoAlert(mira, { id: escalated })).toMatchObject({
    ok: false,
    error: { code: 'conflict', detail: 'alert.acted_since' },
  });

  const labelled = await raise();
  await decideAlert(mira, { id: labelled, disposition: 'good_alert' });
  await t.sql`select * from label_transactions(${t.sql.json([{ transaction_id: `pay-${serial}`, is_fraud: true }])}, 'api')`;
  expect(await undoAlert(mira, { id: labelled })).toMatchObject({
    ok: false,
    error: { code: 'conflict', detail: 'alert.label_changed' },
  });
  expect(await stored(labelled)).toMatchObject({ status: 'decided', is_fraud: true, label_source: 'api' });

  const others = await raise();
  await decideAlert(deniz, { id: others, disposition: 'fraud' });
  expect(await undoAlert(mira, { id: others })).toMatchObject({
    ok: false,
    error: { detail: 'alert.acted_since' },
  });
  const fresh = await person(t.sql, 'Nora New');
  expect(await undoAlert(fresh, {})).toMatchObject({ ok: false, error: { code: 'not_found' } });
});

test('a payment in the archive is read-only: its verdict is refused and says which month to bring back', async () => {
  const at = '2023-05-17T10:00:00.123456Z';
  await t.sql`select ensure_partitions(${at}::timestamptz, ${at}::timestamptz)`;
  const id = await raise({ at });
  await t.sql`select move_transactions_month('2023-05-01', false)`;
  const archived = { code: 'conflict', detail: 'transaction.archived', values: { month: '2023-05' } };
  expect(await decideAlert(mira, { id, disposition: 'fraud' })).toMatchObject({ ok: false, error: archived });
  expect(await bulkDecide(mira, { ids: [id], disposition: 'fraud' })).toMatchObject({
    ok: true,
    value: { decided: 0, results: [{ id, ok: false, code: 'archived', month: '2023-05' }] },
  });
  const label = [{ transaction_id: `pay-${serial}`, is_fraud: true }];
  await expect(t.sql`select * from label_transactions(${t.sql.json(label)}, 'api')`).rejects.toMatchObject({
    code: 'VG001',
    detail: '2023-05',
  });
  expect(await stored(id)).toMatchObject({ status: 'open', is_fraud: null });
  await t.sql`select bring_back_transactions('2023-05-01', 'a verdict', 'test')`;
  expect(await decideAlert(mira, { id, disposition: 'fraud' })).toMatchObject({ ok: true });
  expect(await stored(id)).toMatchObject({ status: 'decided', is_fraud: true });
  await t.sql`select move_transactions_month('2023-05-01', false)`.catch((error) =>
    expect(error.code).toBe('55006'),
  );
  await t.sql`delete from partition_holds`;
  await t.sql`select move_transactions_month('2023-05-01', false)`;
  expect(await undoAlert(mira, { id })).toMatchObject({ ok: false, error: archived });
});

test('bulk verdicts answer one result each in one transaction', async () => {
  const free = await Promise.all([raise(), raise(), raise()]);
  const held = await raise();
  await claimAlert(deniz, { id: held });
  const done = await raise();
  await decideAlert(deniz, { id: done, disposition: 'fraud' });
  const result = await bulkDecide(mira, {
    ids: [...free, held, done, 999_999, free[0] ?? 0],
    disposition: 'false_positive',
    note: 'batch',
  });
  expect(result).toMatchObject({
    ok: true,
    value: {
      decided: 3,
      results: [
        ...free.map((id) => ({ id, ok: true })),
        { id: held, ok: false, code: 'locked', name: 'Deniz Aksoy' },
        { id: done, ok: false, code: 'conflict' },
        { id: 999_999, ok: false, code: 'not_found' },
      ],
    },
  });
  for (const id of free) {
    expect(await stored(id)).toMatchObject({ status: 'decided', is_fraud: false });
    expect(await audited(id, 'alert:decide')).toHaveLength(1);
  }
  const [summary] = await t.sql`select new_values from audit_trail where action = 'alert:decide-many'`;
  expect(summary?.new_values).toEqual({ disposition: 'false_positive', decided: 3, refused: 3 });
  expect(
    await bulkDecide(mira, { ids: Array.from({ length: 201 }, (_, i) => i + 1), disposition: 'fraud' }),
  ).toMatchObject({
    ok: false,
    error: { code: 'invalid', field: 'ids' },
  });
});

test('assignment has no end, is the senior’s to make and the holder’s to keep', async () => {
  const id = await raise();
  await claimAlert(deniz, { id });
  expect(await assignAlert(mira, { id, assigneeId: mira.userId })).toMatchObject({
    ok: false,
    error: { code: 'denied' },
  });
  expect(await assignAlert(sena, { id, assigneeId: officer.userId })).toMatchObject({
    ok: false,
    error: { code: 'invalid', field: 'assigneeId' },
  });
  expect(await assignAlert(sena, { id, assigneeId: mira.userId })).toMatchObject({ ok: true });
  expect(await stored(id)).toMatchObject({ assignee_id: mira.userId, lease_until: null });
  expect(await claimAlert(mira, { id })).toMatchObject({ ok: true, value: { leaseUntil: null } });
  expect(await claimAlert(deniz, { id })).toMatchObject({ ok: false, error: { code: 'locked' } });
  expect(await audited(id, 'alert:assign')).toMatchObject([
    { old_values: { assigneeId: deniz.userId }, new_values: { assigneeId: mira.userId } },
  ]);
});

test('who may not is refused and it is on the record; what is not there is not found; bad input names its field', async () => {
  const id = await raise();
  const auditor = await person(t.sql, 'Ada Auditor', 'auditor');
  for (const refused of [
    await claimAlert(auditor, { id }),
    await claimNextAlert(auditor, {}),
    await releaseAlert(auditor, { id }),
    await decideAlert(auditor, { id, disposition: 'fraud' }),
    await bulkDecide(auditor, { ids: [id], disposition: 'fraud' }),
    await escalateAlert(auditor, { id, note: 'x' }),
    await undoAlert(auditor, { id }),
    await assignAlert(auditor, { id, assigneeId: null }),
  ])
    expect(refused).toMatchObject({ ok: false, error: { code: 'denied' } });
  const [denials] =
    await t.sql`select count(*)::int as n from audit_trail where outcome = 'denied' and user_id = ${auditor.userId}`;
  expect(denials?.n).toBe(8);
  expect(await claimAlert(mira, { id: 424_242 })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  expect(await decideAlert(mira, { id, disposition: 'maybe' as 'fraud' })).toMatchObject({
    ok: false,
    error: { code: 'invalid', field: 'disposition' },
  });
  expect(await claimAlert(mira, { id: 'A-1' })).toMatchObject({
    ok: false,
    error: { code: 'invalid', field: 'id' },
  });
});

test('fifty people claiming from 500 alerts: every alert once, none twice', async () => {
  await t.sql`update fraud_alerts set status = 'decided', disposition = 'fraud' where status <> 'decided'`;
  await Promise.all(Array.from({ length: 500 }, () => raise({ card: null })));
  const people = await Promise.all(Array.from({ length: 50 }, (_, i) => person(t.sql, `Worker ${i}`)));
  const claims: { worker: string; id: number }[] = [];
  await Promise.all(
    people.map(async (worker) => {
      for (;;) {
        const claimed = await claimNextAlert(worker, {});
        if (claimed.ok) claims.push({ worker: worker.userId, id: claimed.value.id });
        else if (claimed.error.code === 'not_found') return;
        else throw new Error(claimed.error.code);
      }
    }),
  );
  expect(claims).toHaveLength(500);
  expect(new Set(claims.map(({ id }) => id)).size).toBe(500);
  const rows = await t.sql<
    { id: string; assignee_id: string }[]
  >`select id, assignee_id from fraud_alerts where status = 'open'`;
  expect(new Map(rows.map((row) => [Number(row.id), row.assignee_id]))).toEqual(
    new Map(claims.map(({ id, worker }) => [id, worker])),
  );
});

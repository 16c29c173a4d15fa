import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { newRequestId, type PersonActor, systemActor } from '@/domain/actor';
import type { Result } from '@/domain/errors';
import { discardStream, redriveStream } from './commands';
import type { StreamErrorCode } from './error-codes';
import { mostOfOneError } from './input';
import { getStream, listStream, streamSummary } from './queries';

const t = await testDatabase({ role: 'web' });

const operator: PersonActor = {
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: 'op@example.org',
  name: 'Op',
  role: 'db_operator',
  sessionId: 'f'.repeat(64),
  ip: '192.0.2.1',
  userAgent: 'test',
  requestId: newRequestId(),
};

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

type Given = {
  status?: string;
  code?: StreamErrorCode | null;
  tries?: number;
  at?: string;
  lease?: string;
  by?: string;
};
const row = async (id: string, given: Given = {}): Promise<number> => {
  const { status = 'DEAD', code = status === 'DEAD' ? 'no_rate' : null } = given;
  const ended = ['DONE', 'DEAD', 'DISCARDED'].includes(status);
  const [made] =
    await t.sql`insert into transaction_stream (transaction_id, raw_data, payload_hash, processing_status,
      error_code, error_message, retry_count, received_at, next_try_at, processed_at, lease_until, leased_by, lease_epoch,
      discard_reason)
    values (${id}, ${t.sql.json({ transaction_id: id, user_id: `u-${id}`, amount: '12.50', currency: 'EUR' })},
      ${'0'.repeat(64)}, ${status}, ${code}, ${code && `message of ${id}`}, ${given.tries ?? 0},
      now() - ${given.at ?? '0 s'}::interval, ${ended ? null : t.sql`now() + interval '1 minute'`},
      ${ended ? t.sql`now()` : null}, ${given.lease ? t.sql`now() + ${given.lease}::interval` : null},
      ${given.by ?? null}, 3, ${status === 'DISCARDED' ? 'old' : null}) returning id`;
  return Number(made?.id);
};
const stored = async (id: string) =>
  (
    await t.sql`select processing_status as status, error_code, error_message, retry_count as tries, lease_epoch as epoch,
      discard_reason, next_try_at <= now() as due, processed_at is not null as ended from transaction_stream
      where transaction_id = ${id}`
  )[0];
const audited = (action: string) =>
  t.sql`select resource_type, resource_id, old_values as before, new_values as after, reason from audit_trail
    where action = ${action} order by id`;

beforeEach(async () => {
  await t.sql`delete from transaction_stream`;
});

describe('what the queue holds', () => {
  test('is counted by state, with what has waited longest and the dead by error', async () => {
    await row('a', { status: 'PENDING', at: '90 s' });
    await row('b', { status: 'PENDING' });
    await row('c', { status: 'PROCESSING', lease: '5 s', by: 'w1' });
    await row('d', { status: 'PROCESSING', lease: '-5 s', by: 'w2' });
    await row('e', { status: 'FAILED', code: 'timed_out', tries: 2 });
    await row('f');
    await row('g', { code: 'no_partition', at: '2 hours' });
    await row('h', { at: '1 hour' });
    await row('i', { status: 'DISCARDED' });
    await row('j', { status: 'DONE', at: '3 hours' });
    const summary = await streamSummary(operator, {});
    expect(summary).toMatchObject({
      pending: 2,
      processing: 2,
      failed: 1,
      dead: 3,
      discarded: 1,
      leaseLost: 1,
      deadByError: [
        { errorCode: 'no_rate', count: 2 },
        { errorCode: 'no_partition', count: 1 },
      ],
      workers: [
        { name: 'w1', rows: 1 },
        { name: 'w2', rows: 1 },
      ],
    });
    expect(summary.lagSeconds).toBeGreaterThanOrEqual(90);
    expect(summary.lagSeconds).toBeLessThan(120);
    expect(Date.parse(summary.nextTryAt as string)).toBeGreaterThan(Date.parse(summary.readAt));
    expect(Date.parse(summary.oldestReceivedAt as string)).toBeLessThan(Date.parse(summary.readAt));
  });

  test('is nothing when it is empty', async () => {
    await row('done', { status: 'DONE' });
    expect(await streamSummary(operator, {})).toMatchObject({
      pending: 0,
      processing: 0,
      failed: 0,
      dead: 0,
      discarded: 0,
      deadByError: [],
      workers: [],
      oldestReceivedAt: null,
      nextTryAt: null,
      lagSeconds: 0,
    });
  });

  test('is listed page by page, by state, error and payment', async () => {
    for (let i = 0; i < 7; i += 1) await row(`x-${i}`, { code: i % 2 ? 'no_rate' : 'contended' });
    await row('nameless', { code: null });
    await row('wait', { status: 'FAILED', code: 'timed_out' });
    const ids = (rows: { transactionId: string }[]) => rows.map(({ transactionId }) => transactionId);
    const first = await listStream(operator, { limit: 5 });
    expect(ids(first.rows)).toEqual(['nameless', 'x-6', 'x-5', 'x-4', 'x-3']);
    const second = await listStream(operator, { limit: 5, cursor: first.next as string });
    expect(ids(second.rows)).toEqual(['x-2', 'x-1', 'x-0']);
    expect(second.next).toBeNull();
    expect(ids((await listStream(operator, { errorCode: 'no_rate' })).rows)).toEqual(['x-5', 'x-3', 'x-1']);
    expect(ids((await listStream(operator, { errorCode: 'unexpected' })).rows)).toEqual(['nameless']);
    expect(ids((await listStream(operator, { status: 'FAILED' })).rows)).toEqual(['wait']);
    expect(ids((await listStream(operator, { transactionId: 'x-3' })).rows)).toEqual(['x-3']);
    expect(first.rows[1]).toMatchObject({
      status: 'DEAD',
      errorCode: 'contended',
      errorMessage: 'message of x-6',
      userId: 'u-x-6',
      amount: '12.50',
      currency: 'EUR',
    });
    expect(first.rows[0]).toMatchObject({ errorCode: 'unexpected' });
    await expect(listStream(operator, { cursor: 'WyJ4Il0' })).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'cursor' },
    });
  });

  test('is shown row by row with what was sent', async () => {
    const id = await row('one', { status: 'PROCESSING', lease: '5 s', by: 'w1' });
    expect(await getStream(operator, { id })).toMatchObject({
      transactionId: 'one',
      payload: { user_id: 'u-one' },
      leasedBy: 'w1',
      leaseEpoch: 3,
      answer: null,
      errorCode: null,
    });
    await expect(getStream(operator, { id: id + 1 })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
  });
});

describe('dead letters', () => {
  test('go back into the queue as if they had never been tried, each on the record', async () => {
    const ids = [await row('a', { tries: 9 }), await row('b', { status: 'DISCARDED' }), await row('c')];
    const open = await row('open', { status: 'PENDING' });
    const done = await row('done', { status: 'DONE' });
    const before = await audited('stream:redrive');
    const value = must(
      await redriveStream(operator, { ids: [ids[0]!, ids[1]!, ids[0]!, open, done, 999_999] }),
    );
    expect(value).toEqual({
      changed: 2,
      more: false,
      refused: [
        { id: open, code: 'conflict' },
        { id: done, code: 'conflict' },
        { id: 999_999, code: 'not_found' },
      ],
    });
    for (const id of ['a', 'b'])
      expect(await stored(id)).toEqual({
        status: 'PENDING',
        error_code: null,
        error_message: null,
        tries: 0,
        epoch: 4,
        discard_reason: null,
        due: true,
        ended: false,
      });
    expect(await stored('c')).toMatchObject({ status: 'DEAD', epoch: 3 });
    expect((await audited('stream:redrive')).slice(before.length)).toMatchObject([
      {
        resource_type: 'stream',
        resource_id: 'a',
        before: { status: 'DEAD', errorCode: 'no_rate', tries: 9 },
      },
      { resource_type: 'stream', resource_id: 'b', before: { status: 'DISCARDED', discardReason: 'old' } },
    ]);
  });

  test('of one error go together, those that were there when one looked', async () => {
    await row('a', { code: 'no_rate' });
    await row('b', { code: 'no_rate' });
    await row('c', { code: 'contended' });
    const { readAt } = await streamSummary(operator, {});
    await row('later', { code: 'no_rate' });
    await t.sql`update transaction_stream set processed_at = now() + interval '5 s' where transaction_id = 'later'`;
    const value = must(await redriveStream(operator, { errorCode: 'no_rate', until: readAt }));
    expect(value).toEqual({ changed: 2, refused: [], more: false });
    expect((await stored('later'))?.status).toBe('DEAD');
    expect((await stored('c'))?.status).toBe('DEAD');
    expect((await audited('stream:redrive')).at(-1)).toMatchObject({
      resource_id: 'no_rate',
      after: { status: 'PENDING', payments: 2, until: readAt },
    });
    expect(must(await redriveStream(operator, { errorCode: 'no_rate' })).changed).toBe(1);
  });

  test('are bounded, and more are said', async () => {
    await t.sql`insert into transaction_stream (transaction_id, raw_data, payload_hash, processing_status, error_code,
        next_try_at, processed_at)
      select 'm-' || i, '{}', ${'0'.repeat(64)}, 'DEAD', 'database', null, now()
      from generate_series(1, ${mostOfOneError + 5}) i`;
    const first = must(await discardStream(operator, { errorCode: 'database', reason: 'test data' }));
    expect(first).toEqual({ changed: mostOfOneError, refused: [], more: true });
    const second = must(await discardStream(operator, { errorCode: 'database', reason: 'test data' }));
    expect(second).toEqual({ changed: 5, refused: [], more: false });
  });

  test('are discarded with a reason that stays', async () => {
    const id = await row('a', { code: 'unreadable', tries: 1 });
    const kept = await row('kept', { status: 'FAILED', code: 'timed_out' });
    const value = must(await discardStream(operator, { ids: [id, kept], reason: ' sent twice by mistake ' }));
    expect(value).toEqual({ changed: 1, refused: [{ id: kept, code: 'conflict' }], more: false });
    expect(await stored('a')).toMatchObject({
      status: 'DISCARDED',
      discard_reason: 'sent twice by mistake',
      error_code: 'unreadable',
      epoch: 4,
      ended: true,
    });
    expect((await audited('stream:discard')).at(-1)).toMatchObject({
      resource_id: 'a',
      reason: 'sent twice by mistake',
      before: { status: 'DEAD' },
      after: { status: 'DISCARDED' },
    });
    expect((await listStream(operator, { status: 'DISCARDED' })).rows[0]).toMatchObject({
      discardReason: 'sent twice by mistake',
      errorCode: 'unreadable',
    });
  });

  test.each([
    ['nothing chosen', {}, 'ids', 'one_choice'],
    ['both ways', { ids: [1], errorCode: 'no_rate' }, 'ids', 'one_choice'],
    ['no ids', { ids: [] }, 'ids', 'too_small'],
    ['too many', { ids: Array.from({ length: 201 }, (_, i) => i + 1) }, 'ids', 'too_big'],
    ['no such error', { errorCode: 'nonsense' }, 'errorCode', 'invalid_value'],
    ['NaN', { ids: [Number.NaN] }, 'ids.0', 'invalid_type'],
    ['no moment', { errorCode: 'no_rate', until: 'now' }, 'until', 'invalid_format'],
  ])('refuses %s', async (_, input, field, rule) => {
    const result = await redriveStream(operator, input as never);
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid' } });
    expect(!result.ok && result.error.issues).toContainEqual(expect.objectContaining({ field, rule }));
  });

  test('are discarded only with a reason', async () => {
    for (const reason of [undefined, '', ' a '])
      expect(await discardStream(operator, { ids: [1], reason: reason as string })).toMatchObject({
        ok: false,
        error: { code: 'invalid', field: 'reason' },
      });
  });

  test('may be read by auditors, and moved by operators only', async () => {
    const auditor: PersonActor = { ...operator, role: 'auditor' };
    expect((await streamSummary(auditor, {})).dead).toBe(0);
    expect(await redriveStream(auditor, { ids: [1] })).toMatchObject({
      ok: false,
      error: { code: 'denied' },
    });
    await expect(streamSummary({ ...operator, role: 'analyst' }, {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    expect((await redriveStream(systemActor('cli'), { ids: [1] })).ok).toBe(true);
  });
});

test('lists and commands find their rows through indexes among many that are done', async () => {
  await t.sql`insert into transaction_stream (transaction_id, raw_data, payload_hash, processing_status, answer, next_try_at)
    select 'd-' || i, '{}', ${'0'.repeat(64)}, 'DONE', '{}', null from generate_series(1, 60000) i`;
  await t.sql`analyze transaction_stream`;
  const plan = async (query: string) =>
    (await t.sql.unsafe(`explain ${query}`)).map((line) => line['QUERY PLAN']).join('\n');
  for (const query of [
    `select id from transaction_stream s where s.processing_status = 'DEAD' and s.id < 5 order by s.id desc limit 51`,
    `select id from transaction_stream s where s.processing_status = 'DEAD' and s.error_code = 'no_rate' order by s.id desc limit 51`,
    `select id from transaction_stream s where s.processing_status = 'DISCARDED' order by s.id desc limit 51`,
    `select id from transaction_stream s where s.processing_status = 'FAILED' order by s.id desc limit 51`,
    `select status, count(*) from (select processing_status as status from transaction_stream
       where processing_status in ('PENDING', 'PROCESSING', 'FAILED')) o group by status`,
    `select count(*) from transaction_stream where processing_status = 'DISCARDED'`,
  ]) {
    const text = await plan(query);
    expect(text, query).toMatch(/transaction_stream_(open|failed|dead|dead_code|discarded)_idx/);
    expect(text, query).not.toContain('Seq Scan');
  }
});

import { describe, expect, it } from 'vitest';
import { newKey } from '@/domain/api-keys/secret';
import { type ApiKey, KeyRing } from './key-ring';

const made = (id: number, changes: Partial<ApiKey> = {}) => {
  const { key, hash } = newKey();
  const row: ApiKey = {
    id,
    name: `key ${id}`,
    ownerId: 'owner',
    hash,
    scopes: ['read'],
    ratePerSecond: 1,
    burst: 1,
    expiresAt: null,
    ...changes,
  };
  return { key, row };
};

const ring = (rows: ApiKey[]) => {
  const state = { now: 1_000_000, reads: 0, rows, fails: false };
  const keys = new KeyRing(
    async () => {
      state.reads += 1;
      if (state.fails) throw new Error('away');
      return [...state.rows];
    },
    () => state.now,
  );
  return { keys, state };
};

describe('the key ring', () => {
  it('reads once for many calls, and again once a second at most', async () => {
    const { key, row } = made(1);
    const { keys, state } = ring([row]);
    await Promise.all(Array.from({ length: 100 }, () => keys.find(key)));
    expect(state.reads).toBe(1);
    state.now += 400;
    expect((await keys.find(key))?.id).toBe(1);
    expect(state.reads).toBe(1);
    state.now += 200;
    await keys.find(key);
    await keys.find(key);
    expect(state.reads).toBe(2);
  });

  it('does not take a revoked key for longer than a second, not even while it cannot read', async () => {
    const { key, row } = made(1);
    const { keys, state } = ring([row]);
    await keys.find(key);
    state.rows = [];
    state.now += 1001;
    expect(await keys.find(key)).toBeNull();
    state.rows = [row];
    state.now += 1001;
    await keys.find(key);
    state.fails = true;
    state.now += 1001;
    await expect(keys.find(key)).rejects.toThrow('away');
  });

  it('forgets at once when told to, and does not keep a read that began before', async () => {
    const { key, row } = made(1);
    let finish: (rows: ApiKey[]) => void = () => {};
    let reads = 0;
    const keys = new KeyRing(() => {
      reads += 1;
      return reads === 1
        ? new Promise((resolve) => {
            finish = resolve;
          })
        : Promise.resolve([]);
    });
    const early = keys.find(key);
    keys.forget();
    finish([row]);
    expect((await early)?.id).toBe(1);
    expect(await keys.find(key)).toBeNull();
  });

  it('takes a key that was made a moment ago, and reads once for many guesses', async () => {
    const first = made(1);
    const second = made(2);
    const { keys, state } = ring([first.row]);
    await keys.find(first.key);
    state.rows = [first.row, second.row];
    state.now += 100;
    expect((await keys.find(second.key))?.id).toBe(2);
    expect(state.reads).toBe(2);
    expect(await keys.find('vgl_nonsense')).toBeNull();
    expect(state.reads).toBe(2);
    state.now += 150;
    await Promise.all(Array.from({ length: 50 }, () => keys.find(newKey().key)));
    expect(state.reads).toBe(3);
  });

  it('does not take a key whose end has come', async () => {
    const { key, row } = made(1, { expiresAt: 1_000_500 });
    const { keys, state } = ring([row]);
    expect((await keys.find(key))?.id).toBe(1);
    state.now += 500;
    expect(await keys.find(key)).toBeNull();
  });
});

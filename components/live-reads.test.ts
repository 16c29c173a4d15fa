import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { readAgain } from './live-reads';

const storage = new Set(['storage']);
const none: ReadonlySet<string> = new Set();

/** A query of the topic `storage` whose reads end when the test says so. */
const watched = (client: QueryClient) => {
  const reads: ((value: string) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['live', 'storage.list', {}],
    queryFn: () => new Promise<string>((resolve) => reads.push(resolve)),
    meta: { topics: ['storage'] },
  });
  const stop = observer.subscribe(() => {});
  const shown = () => observer.getCurrentResult().data;
  const end = async (read: number, value: string) => {
    reads[read]!(value);
    await expect.poll(shown).toBe(value);
  };
  return { reads, end, shown, stop };
};

test('what changes while it is read is read once more, and that is what is shown', async () => {
  const client = new QueryClient();
  const list = watched(client);
  const owed = readAgain(client, storage, none);
  expect([owed.size, list.reads.length]).toEqual([1, 1]);
  // Still the same read: nothing is broken off, and nothing forgotten.
  const still = readAgain(client, none, owed);
  expect([still.size, list.reads.length]).toEqual([1, 1]);
  await list.end(0, 'running');
  expect(readAgain(client, none, still).size).toBe(0);
  expect(list.reads.length).toBe(2);
  await list.end(1, 'done');
  list.stop();
});

test('what is not being read is read at once, what no topic touches is not', async () => {
  const client = new QueryClient();
  const list = watched(client);
  await list.end(0, 'before');
  expect(readAgain(client, new Set(['alerts']), none).size).toBe(0);
  expect(list.reads.length).toBe(1);
  expect(readAgain(client, storage, none).size).toBe(0);
  expect(list.reads.length).toBe(2);
  expect(list.shown()).toBe('before');
  list.stop();
});

test('what nobody looks at any more is owed nothing', () => {
  const client = new QueryClient();
  const list = watched(client);
  const owed = readAgain(client, storage, none);
  list.stop();
  client.clear();
  expect(readAgain(client, none, owed).size).toBe(0);
});

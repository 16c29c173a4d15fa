import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { systemActor } from '@/domain/actor';
import { featureCacheSummary } from './queries';

const t = await testDatabase({ role: 'web' });

test('what is kept, read most first, found without the sums around it', async () => {
  expect(await featureCacheSummary(systemActor('test'), {})).toMatchObject({ kept: 0, most: [] });
  await t.sql`insert into feature_cache (cache_key, feature_data, expires_at)
    select 'merchant:h:' || i || ':m-1', '{"n":1}', now() + interval '1 day' from generate_series(1, 20000) i`;
  await t.sql`select keep_feature_cache(${t.sql.json([
    { entity: 'merchant', key: 'm-1', hits: 7 },
    { entity: 'merchant', key: 'with:heavy:colons', hits: 3 },
    { entity: 'ip', key: '2001:db8::1', hits: 90 },
  ])})`;
  await t.sql`insert into feature_cache (cache_key, feature_data, expires_at, access_count)
    values ('merchant:heavy:past', '{}', now() - interval '1 minute', 500)`;
  await t.sql`analyze feature_cache`;
  const summary = await featureCacheSummary(systemActor('test'), {});
  expect(summary.kept).toBe(3);
  expect(summary.most).toEqual([
    { entity: 'ip', key: '2001:db8::1', reads: 90 },
    { entity: 'merchant', key: 'm-1', reads: 7 },
    { entity: 'merchant', key: 'with:heavy:colons', reads: 3 },
  ]);
  expect(summary.rows).toBe(20_004);
  expect(summary.bytes).toBeGreaterThan(1_000_000);
  const plan = await t.sql`explain select cache_key from feature_cache
    where split_part(cache_key, ':', 2) = 'heavy' and expires_at > now()`;
  expect(JSON.stringify(plan)).toContain('feature_cache_kept_idx');
});

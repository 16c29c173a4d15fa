import postgres from 'postgres';
import { loginUrl } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

// The server tells queries apart by what they do: another name for the column would be the same query.
const mark = 'e2e_slow';

test('the operator sees the health of the database, its checks, jobs and what stands in', async ({
  page,
  signIn,
}) => {
  await signIn('db_operator');
  await page.goto('/database');
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  const checks = page.getByRole('table', { name: 'Checks' });
  await expect(checks.getByRole('row', { name: /Connections in use OK/ })).toBeVisible();
  await expect(checks.getByRole('row', { name: /Partitions for payments OK/ })).toBeVisible();
  const jobs = page.getByRole('table', { name: 'Jobs' });
  await expect(jobs.getByRole('row', { name: /refresh-fraud-dashboard OK/ })).toBeVisible();
  await expect(jobs.getByRole('row', { name: /sample-health OK/ })).toBeVisible();
  const server = page.getByRole('table', { name: 'Server' });
  await expect(server.getByRole('row', { name: /pg_stat_statements Present/ })).toBeVisible();
  const servers = process.env.VIGIL_E2E_STACK_DIR ? 'Present' : 'Substitute';
  for (const name of ['pg_cron', 'vector', 'pooler', 'standby', 'subscriber'])
    await expect(server.getByRole('row', { name: new RegExp(`${name} ${servers}`) })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Cache hit ratio' })).toBeVisible();
  await page.getByText('7 days', { exact: true }).click();
  await expect(page).toHaveURL(/range=7d/);
  await expectAccessible(page);
});

test('a query that is slow is among the queries, marked, with its history and limit', async ({
  page,
  signIn,
}) => {
  // The worker samples once a minute.
  test.setTimeout(240_000);
  const sql = postgres(loginUrl('worker'), { max: 1 });
  await sql.unsafe(`select pg_sleep(1.6) as ${mark}`);
  await sql.end();
  await signIn('db_operator');
  await page.goto(`/database/queries?q=${mark}`);
  const row = page.getByRole('row', { name: new RegExp(mark) });
  await expect(row).toBeVisible({ timeout: 130_000 });
  await expect(row.getByLabel('Slow')).toBeVisible();
  await row.click();
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText(/on average in 24 hours/)).toBeVisible();
  await expect(sheet.getByText('Slow from 1 000 ms', { exact: false }).first()).toBeVisible();
  await expect(sheet.locator('pre')).toContainText(mark);
  await expect(sheet.locator('pre')).toContainText('$1');
  await expectAccessible(page);

  await page.goto('/database/queries?view=slow');
  await expect(page.getByRole('row', { name: new RegExp(mark) })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=/);
});

test('an analyst has no way into the database', async ({ page, signIn, complaints }) => {
  complaints.expect(/403/);
  await signIn('analyst');
  await page.goto('/database');
  await expect(page.getByText('Not part of your role')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Database' })).toHaveCount(0);
});

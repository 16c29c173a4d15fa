import postgres from 'postgres';
import { loginUrl, maintainerSql } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

// The server tells queries apart by what they do: another name for the column would be the same query.
const mark = 'e2e_slow';

test('the operator sees the health of the database, its checks and what stands in', async ({
  page,
  signIn,
}) => {
  test.setTimeout(240_000);
  await signIn('db_operator');
  await page.goto('/database?show=all');
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  await expect(page.getByText(/that cost the database \d+/)).toBeVisible();
  const checks = page.getByRole('region', { name: 'Checks' });
  for (const area of ['Connections and locks', 'Vacuum', 'Partitions', 'Replication', 'Settings'])
    await expect(checks.getByRole('region', { name: area })).toBeVisible();
  const runway = checks.locator('details', { hasText: 'Partitions by month' });
  await expect(runway).toContainText('OK');
  await runway.locator('summary').click();
  await expect(page).toHaveURL(/check=partitionRunway/);
  await expect(runway.getByRole('row', { name: /transactions/ }).first()).toBeVisible();
  await expect(runway).toContainText('Looked at 6 tables');
  await expectAccessible(page);
  const server = page.getByRole('table', { name: 'Server' });
  await expect(server.getByRole('row', { name: /pg_stat_statements Present/ })).toBeVisible();
  const servers = process.env.VIGIL_E2E_STACK_DIR ? 'Present' : 'Substitute';
  for (const name of ['pg_cron', 'vector', 'pooler', 'standby', 'subscriber'])
    await expect(server.getByRole('row', { name: new RegExp(`${name} ${servers}`) })).toBeVisible();
  // A ratio is between two samples, and the worker takes one a minute.
  await expect(page.getByRole('img', { name: 'Cache hit ratio' })).toBeVisible({ timeout: 130_000 });
  await page.getByText('7 days', { exact: true }).click();
  await expect(page).toHaveURL(/range=7d/);
});

test('what is wrong is found by checking again, with its cause and the statement that puts it right', async ({
  page,
  signIn,
}) => {
  const owner = maintainerSql();
  try {
    await owner`set role vigil_owner`;
    await owner`create table e2e_neglected (id int) with (autovacuum_enabled = false)`;
    await signIn('db_operator');
    await page.goto('/database');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByText(/Checked again:/)).toBeVisible();
    const check = page.locator('details', { hasText: 'Autovacuum by table' });
    await expect(check).toContainText('Warning');
    await check.locator('summary').focus();
    await page.keyboard.press('Enter');
    await expect(check).toContainText('e2e_neglected');
    await expect(check.locator('pre')).toHaveText('ALTER TABLE e2e_neglected RESET (autovacuum_enabled);');
    await expectAccessible(page);
    await owner.unsafe((await check.locator('pre').textContent()) ?? '');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(check).toBeHidden();
  } finally {
    await owner`drop table if exists e2e_neglected`;
    await owner.end();
  }
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
  await sheet.getByRole('button', { name: 'Explain' }).click();
  await expect(sheet.getByText('Generic plan, not executed')).toBeVisible();
  await expect(sheet.getByRole('list', { name: 'Plan' })).toContainText('Result');
  await sheet.getByRole('tab', { name: /Callers/ }).click();
  await expect(sheet.getByRole('row', { name: /vigil_worker/ })).toBeVisible();
  await expectAccessible(page);
  await sheet.getByRole('link', { name: 'Open' }).click();
  await expect(page).toHaveURL(/\/database\/queries\/-?\d+$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('select pg_sleep');
  await expect(page.getByRole('img', { name: 'Mean time' })).toBeVisible();
  await expectAccessible(page);

  await page.goto('/database/queries?view=slow&role=vigil_worker&sort=-mean');
  await expect(page.getByRole('row', { name: new RegExp(mark) })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=/);
});

test('the demo has a report that is slow: the operator sees what it is, who asks, and its plan', async ({
  page,
  signIn,
}) => {
  // It is asked once a minute, and the worker samples once a minute.
  test.setTimeout(300_000);
  await signIn('db_operator');
  await page.goto('/database/queries?q=finance_doubled');
  const row = page.getByRole('row', { name: /finance_doubled_charges/ });
  await expect(row).toBeVisible({ timeout: 200_000 });
  await row.click();
  const sheet = page.getByRole('complementary');
  await sheet.getByRole('button', { name: 'Explain' }).click();
  await expect(sheet.getByRole('list', { name: 'Plan' })).toContainText('Nested Loop');
  await sheet.getByRole('tab', { name: /Callers/ }).click();
  await expect(sheet.getByRole('row', { name: /vigil_readonly/ })).toBeVisible();
});

test('who only reads may look at everything and change nothing', async ({ page, signIn }) => {
  await signIn('auditor');
  await page.goto('/database');
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check again' })).toHaveCount(0);
  await page.goto('/database/queries');
  await page.getByRole('row').nth(1).click();
  const sheet = page.getByRole('complementary');
  await sheet.getByRole('tab', { name: 'Plan' }).click();
  await expect(sheet.getByText('Your role may not ask for plans.')).toBeVisible();
  await expect(sheet.getByRole('button', { name: 'Explain' })).toHaveCount(0);
});

test('an analyst has no way into the database', async ({ page, signIn, complaints }) => {
  complaints.expect(/403/);
  await signIn('analyst');
  await page.goto('/database');
  await expect(page.getByText('Not part of your role')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Database' })).toHaveCount(0);
});

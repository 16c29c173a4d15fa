import { readFileSync } from 'node:fs';
import type { APIRequestContext, Page } from '@playwright/test';
import { credentials, expect, expectAccessible, pay, test } from './fixtures';

/** What a payment system says of payments, over the API. */
const label = async (request: APIRequestContext, ids: string[], as: 'chargeback' | 'legitimate') => {
  const { ingest, apiKey } = credentials();
  const answer = await request.post(`${ingest}/api/v1/labels`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: ids.map((transaction_id) => ({ transaction_id, label: as })),
  });
  expect(answer.ok(), await answer.text()).toBe(true);
};

/** The job that computes what was touched, as an operator runs it between two quarters of an hour. */
const compute = async (operator: Page) => {
  await operator.goto('/database/jobs?open=daily-reports');
  const sheet = operator.getByRole('complementary');
  await sheet.getByRole('button', { name: 'Run now' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await expect(operator.getByText('daily-reports is asked for')).toBeVisible();
};

const payAt = async (request: APIRequestContext, merchant: string, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1)
    ids.push(String((await pay(request, { merchant_id: merchant })).transaction_id));
  return ids;
};

test('labels of the API reach the open report with the next run, and so does their correction', async ({
  page,
  signIn,
  pageAs,
  request,
}) => {
  test.setTimeout(240_000);
  const merchant = `e2e-report-${Date.now().toString(36)}`;
  const ids = await payAt(request, merchant, 6);
  await label(request, ids, 'chargeback');
  const operator = await pageAs('db_operator');
  await compute(operator);
  await signIn('senior_analyst');
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Reports' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Reports' })).toBeVisible();
  const row = page.getByRole('table', { name: 'Merchants' }).getByRole('row', { name: merchant });
  await expect(row).toContainText('100.0 %', { timeout: 70_000 });
  await expect(row).toContainText('61.0–100.0');
  await expect(page.getByText('Today is still open.')).toBeVisible();
  const rules = page.getByRole('table', { name: 'Rules' });
  await expect(rules.getByRole('row', { name: /R-001/ })).toBeVisible();
  await expectAccessible(page);

  await label(request, ids, 'legitimate');
  await compute(operator);
  await expect(row).toHaveCount(0, { timeout: 70_000 });
  await page.getByRole('link', { name: /^Confirmed fraud/ }).click();
  await page.waitForURL(/\/transactions\?days=.*label=fraud/);
});

test('any days against any others, in the address; days without payments say so', async ({
  page,
  signIn,
}) => {
  await signIn('data_scientist');
  await page.goto('/reports');
  const days = page.getByRole('region', { name: 'By day' });
  await page.getByText('7 days').click();
  await page.waitForURL(/days=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/);
  await days.getByRole('button', { name: 'Show as table' }).click();
  await expect(days.locator('tbody tr')).toHaveCount(7);
  await expect(days.locator('tbody tr').last()).toContainText('still open');

  await page.getByRole('button', { name: 'Against', exact: true }).click();
  await page.getByLabel('From', { exact: true }).fill('2026-01-01');
  await page.getByLabel('To', { exact: true }).fill('2026-01-03');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/against=2026-01-01\.\.2026-01-03/);
  await expect(page.getByText(/against 1 Jan – 3 Jan 2026, UTC days/)).toBeVisible();
  await page.goBack();
  await expect(page.getByText(/against 1 Jan/)).toHaveCount(0);

  await page.goto('/reports?days=2020-01-01..2020-01-31');
  await expect(page.getByText('No payments: 1 Jan – 31 Jan 2020')).toBeVisible();
  await expect(page.getByText('No fraud is confirmed in these days').first()).toBeVisible();
  await expectAccessible(page);
  // What is mistyped is left out.
  await page.goto('/reports?days=yesterday..2020-99-99&merchants=best');
  await expect(page.getByRole('heading', { level: 1, name: 'Reports' })).toBeVisible();
  await expect(page.getByText('No payments:')).toHaveCount(0);
});

test('a file of all merchants is safe in a spreadsheet and on the record', async ({
  page,
  signIn,
  pageAs,
  request,
}) => {
  test.setTimeout(240_000);
  const merchant = `=e2e-file-${Date.now().toString(36)}`;
  await payAt(request, merchant, 2);
  await compute(await pageAs('db_operator'));
  await signIn('senior_analyst');
  await page.goto('/reports');
  const take = async (): Promise<string> => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'All merchants' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export: All merchants' });
    await expect(dialog.getByText('The audit trail keeps that you took it')).toBeVisible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^vigil-merchants-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
    return readFileSync(await file.path(), 'utf8');
  };
  let text = '';
  await expect(async () => {
    text = await take();
    expect(text).toContain(merchant);
  }).toPass({ timeout: 70_000 });
  const lines = text.trim().split('\r\n');
  expect(lines[0]).toContain('merchant_id,name,category,payments,amount,fraud,fraud_rate,fraud_rate_low');
  expect(lines.find((line) => line.includes(merchant))).toMatch(
    new RegExp(`^'${merchant},,[^,]*,2,50,0,0,0,`),
  );

  const auditor = await pageAs('auditor');
  await auditor.goto('/security/audit-trail?action=report:export-merchants');
  await expect(auditor.getByRole('table')).toContainText('Exported report of merchants');
});

test('a role has the sums of days, and of the rest what it may read anyway', async ({
  page,
  signIn,
  pageAs,
}) => {
  await signIn('db_operator');
  await page.goto('/reports');
  await expect(page.getByRole('region', { name: 'By day' })).toBeVisible();
  for (const name of ['Rules', 'Merchants', 'Analysts'])
    await expect(page.getByRole('region', { name, exact: true })).toHaveCount(0);
  const sums = page.getByRole('region', { name: 'The period summed up' });
  await expect(sums).toContainText('Volume');
  await expect(sums.getByRole('link')).toHaveCount(0);
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['Days']);

  const analyst = await pageAs('analyst');
  await analyst.goto('/reports');
  await expect(analyst.getByRole('region', { name: 'Rules', exact: true })).toBeVisible();
  await expect(analyst.getByRole('region', { name: 'Analysts', exact: true })).toHaveCount(0);
  const senior = await pageAs('senior_analyst');
  await senior.goto('/reports');
  await expect(senior.getByRole('region', { name: 'Analysts', exact: true })).toBeVisible();
});

test('on a phone', async ({ page, signIn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn('senior_analyst');
  await page.goto('/reports?merchants=trend');
  await expect(page.getByRole('region', { name: 'Merchants', exact: true })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

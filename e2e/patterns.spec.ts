import type { APIRequestContext } from '@playwright/test';
import { expect, expectAccessible, pay, test } from './fixtures';

const stamp = () => Date.now().toString(36);

/** A first payment of somebody unknown, high enough for R-014. */
const firstAndHigh = (request: APIRequestContext) =>
  pay(request, {
    user_id: `e2e-pattern-${stamp()}`,
    merchant_id: `e2e-pattern-${stamp()}`,
    amount: '2400.00',
  });

test('a pattern is written, activated, decides, is counted and explained, and is paused again', async ({
  page,
  signIn,
  request,
}) => {
  test.setTimeout(180_000);
  const name = `First and high ${stamp()}`;
  await signIn('senior_analyst');
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Patterns' }).click();
  await expect(page.getByRole('table', { name: 'Patterns' })).toBeVisible();
  await page.getByRole('button', { name: 'New pattern' }).click();
  const sheet = page.getByRole('complementary');
  await sheet.getByLabel('Name').fill(name);
  await sheet.getByPlaceholder('Add a rule').click();
  await page.getByRole('option', { name: /^R-014/ }).click();
  await sheet.getByLabel('Weight of R-014').fill('0.3');
  await sheet.getByRole('button', { name: 'Create' }).click();
  await expect(sheet.getByText('All its rules together do not reach this.')).toBeVisible();
  await sheet.getByLabel('Weight of R-014').fill('0.6');
  await expect(sheet.getByText(/It never blocks: all its rules weigh 0.60/)).toBeVisible();
  await sheet.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('Pattern created: activate it to let it decide')).toBeVisible();
  await expect(sheet.getByRole('heading', { name })).toBeVisible();
  await expect(sheet.getByText('It has not fired in 30 days')).toBeVisible();
  await expectAccessible(page);

  await sheet.getByRole('button', { name: 'Activate' }).click();
  const dialog = page.getByRole('dialog', { name: `Activate ${name}?` });
  await expect(dialog.getByRole('button', { name: 'Activate' })).toBeDisabled();
  await dialog.getByLabel(/Reason/).fill('A story of patterns');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await expect(sheet.getByText('Live', { exact: true })).toBeVisible();
  // What decides hears of it within seconds.
  let decided: Record<string, unknown> = {};
  await expect(async () => {
    decided = await firstAndHigh(request);
    expect(decided.patterns).toContain(name);
  }).toPass({ timeout: 30_000 });
  expect(decided.decision).not.toBe('ALLOW');
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText(/[1-9]\d*none decided/, {
    timeout: 20_000,
  });
  await expect(sheet.getByRole('img', { name: 'Alerts by day' })).toBeVisible({ timeout: 20_000 });

  await page.goto(`/transactions/${decided.transaction_id}`);
  await page.getByRole('region', { name: 'Why' }).getByRole('link', { name }).click();
  await page.waitForURL(/\/patterns\?open=/);
  await sheet.getByRole('button', { name: 'Change' }).click();
  await sheet.getByLabel('Review from').fill('0.55');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(sheet.getByText('At least 3.')).toBeVisible();
  await sheet.getByLabel('Reason').fill('Nothing below all of it');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Pattern changed')).toBeVisible();
  // At once: the sheet goes on from what was saved, whether the page has read it again or not.
  await sheet.getByRole('button', { name: 'Pause' }).click();
  const pause = page.getByRole('dialog', { name: `Pause ${name}?` });
  await pause.getByLabel(/Reason/).fill('The story is told');
  await pause.getByRole('button', { name: 'Pause' }).click();
  await expect(sheet.getByText('Paused', { exact: true })).toBeVisible();
  await expect(async () => {
    expect((await firstAndHigh(request)).patterns).not.toContain(name);
  }).toPass({ timeout: 30_000 });
});

test('an analyst reads patterns and changes none; an operator has no way to them', async ({
  page,
  signIn,
  pageAs,
  complaints,
}) => {
  await signIn('analyst');
  await page.goto('/patterns?open=Card%20testing%20ring');
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByRole('list', { name: 'Rules and weights' })).toContainText('R-001');
  await expect(page.getByText('Senior analysts change patterns.')).toBeVisible();
  for (const name of ['New pattern', 'Pause', 'Change'])
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  complaints.expect(/403/);
  const operator = await pageAs('db_operator');
  await operator.goto('/patterns');
  await expect(operator.getByText('Not part of your role')).toBeVisible();
});

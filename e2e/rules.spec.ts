import type { Page } from '@playwright/test';
import { expect, expectAccessible, pay, test } from './fixtures';

const merchant = `e2e-rules-${Date.now().toString(36)}`;
const name = `Payments at ${merchant}`;

/** Chooses an option of one of our selects by its label. */
async function choose(page: Page, select: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: select, exact: true }).click();
  await page.getByRole('option', { name: option, exact: typeof option === 'string' }).click();
}

/** Sends payments to the merchant until one is decided so: a change of rules reaches ingest within seconds. */
async function payUntil(
  request: Parameters<typeof pay>[0],
  decision: string,
): Promise<Record<string, unknown>> {
  let last: Record<string, unknown> = {};
  await expect
    .poll(
      async () => {
        last = await pay(request, { merchant_id: merchant, amount: '64.20' });
        return last.decision;
      },
      { timeout: 20_000, intervals: [200, 500, 1000] },
    )
    .toBe(decision);
  return last;
}

test('an analyst writes a rule, a senior analyst activates it, a payment fires it, and it is paused', async ({
  pageAs,
  request,
}) => {
  test.slow();
  const analyst = await pageAs('analyst');
  await analyst.goto('/rules');
  await expect(analyst.getByRole('row', { name: /R-001 Card testing/ })).toBeVisible();
  await analyst.getByRole('link', { name: 'New rule' }).click();
  await expect(analyst.getByRole('heading', { level: 1, name: 'New rule' })).toBeVisible();

  await analyst.getByLabel('Name', { exact: true }).fill(name);
  await choose(analyst, 'Field of condition 1', 'Merchant id');
  await analyst.getByRole('button', { name: 'Save draft' }).click();
  await expect(analyst.getByText('The rule was not saved.')).toBeVisible();
  await expect(analyst.getByRole('group', { name: 'Condition 1' }).getByRole('alert')).toHaveText(
    'Fill this in.',
  );
  await expect(analyst.getByLabel('Name', { exact: true })).toHaveValue(name);

  await analyst.getByLabel('Value of condition 1').fill(merchant);
  await analyst.getByRole('button', { name: 'Condition', exact: true }).click();
  await analyst.getByLabel('Value of condition 2').fill('60');
  await choose(analyst, 'Decision', 'Block');
  await expect(analyst.getByText(`merchant_id = '${merchant}'`)).toBeVisible();
  await analyst.getByRole('button', { name: 'Save draft' }).click();

  await expect(analyst.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(analyst.getByText('A senior analyst can activate it')).toBeVisible();
  await expect(analyst.getByRole('button', { name: /^Activate/ })).toHaveCount(0);
  expect((await pay(request, { merchant_id: merchant, amount: '64.20' })).decision).toBe('ALLOW');

  const senior = await pageAs('senior_analyst');
  await senior.goto(analyst.url());
  await senior.getByRole('button', { name: 'Activate v1' }).click();
  const dialog = senior.getByRole('dialog');
  await expect(dialog).toContainText('It blocks payments that it hits');
  await expect(dialog.getByRole('button', { name: 'Activate' })).toBeDisabled();
  await dialog.getByRole('textbox').fill('This merchant is a test');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await expect(senior.getByRole('main').getByText('Live', { exact: true }).first()).toBeVisible();

  const blocked = await payUntil(request, 'BLOCK');
  expect(JSON.stringify(blocked.reasons)).toContain(name);
  await senior.reload();
  await expect(senior.getByRole('link', { name: String(blocked.transaction_id) })).toBeVisible();

  await senior.getByRole('button', { name: 'Pause' }).click();
  await senior.getByRole('dialog').getByRole('textbox').fill('The test is over');
  await senior.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await expect(senior.getByRole('button', { name: 'Resume' })).toBeVisible();
  await payUntil(request, 'ALLOW');

  // The analyst's page follows by itself.
  await expect(analyst.getByRole('main').getByText('Paused', { exact: true }).first()).toBeVisible();
});

test('the builder keeps groups, lists, ranges and comparisons of fields as they were saved', async ({
  pageAs,
}) => {
  test.slow();
  const page = await pageAs('analyst');
  await page.goto('/rules/1');
  const text = await page.getByRole('region', { name: 'As text' }).innerText();
  await page.getByRole('link', { name: /^Edit/ }).click();
  await expect(page.getByRole('combobox', { name: 'Field of condition 1', exact: true })).toHaveValue(
    'Small payments on card in 10 min',
  );
  await expect(page.getByRole('region', { name: 'As text' })).toHaveText(text.replaceAll('\n', ''));
  await page.getByRole('button', { name: 'Remove condition 2.1' }).click();
  await page.getByRole('button', { name: 'Group', exact: true }).last().click();
  await choose(page, 'Operator of condition 3.1', 'is between');
  await page.getByLabel('From, condition 3.1').fill('90');
  await page.getByLabel('To, condition 3.1').fill('20');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByRole('group', { name: 'Condition 3.1' }).getByRole('alert')).toHaveText(
    'The first value must not be above the second.',
  );
});

test('rules are read with a keyboard, filtered by address, and closed to those who may not', async ({
  pageAs,
  complaints,
}) => {
  test.slow();
  const page = await pageAs('analyst');
  await page.goto('/rules?decision=BLOCK&state=live');
  await expect(page.getByRole('row', { name: /Impossible travel/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Customer velocity/ })).toHaveCount(0);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/rules\/\d+$/);
  await page.goBack();
  await expect(page).toHaveURL(/decision=BLOCK/);

  complaints.expect(/403|404/);
  const auditor = await pageAs('auditor');
  await auditor.goto('/rules/1');
  await expect(auditor.getByRole('heading', { level: 1, name: 'Card testing' })).toBeVisible();
  await expect(auditor.getByRole('link', { name: /^Edit/ })).toHaveCount(0);
  expect((await auditor.goto('/rules/new'))?.status()).toBe(403);
  expect((await auditor.goto('/rules/99999'))?.status()).toBe(404);
  const operator = await pageAs('db_operator');
  expect((await operator.goto('/rules'))?.status()).toBeGreaterThanOrEqual(400);
});

for (const path of ['/rules', '/rules/1', '/rules/1/edit', '/rules/new']) {
  test(`${path} is accessible in light and dark`, async ({ pageAs }) => {
    const page = await pageAs('senior_analyst');
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
  });
}

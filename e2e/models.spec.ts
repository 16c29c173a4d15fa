import postgres from 'postgres';
import { loginUrl } from './database-login';
import { expect, expectAccessible, pay, test } from './fixtures';

const mark = Date.now().toString(36);
const candidate = `story ${mark}`;

/** One split: a payment of 100 or more adds 2 to the log-odds, less takes 1. */
const model = {
  kind: 'trees',
  name: candidate,
  version: '1',
  source: 'test',
  intercept: -4,
  inputs: [{ field: 'payment.amount' }],
  trees: [
    {
      feature: [0, 0, 0],
      threshold: [100, 0, 0],
      missingLeft: [true, false, false],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, -1, 2],
    },
  ],
};

test('a scientist promotes a candidate by keyboard, payments are scored by it, and the one before comes back', async ({
  page,
  signIn,
  pageAs,
  request,
}) => {
  const sql = postgres(loginUrl('web'), { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql`insert into models (model_name, model_version, model_type, parameters, created_by)
      values (${candidate}, '1', 'trees', ${JSON.stringify(model)}::text::jsonb, 'story')`;
    await signIn('data_scientist');
    await page.goto('/models');
    await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
    await expect(page.getByRole('row', { name: /vigil-logistic 1 Champion/ })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('row', { name: new RegExp(candidate) }).click();
    const sheet = page.getByRole('complementary', { name: candidate });
    await expect(sheet.getByText('It scores no payment until it is promoted.')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: `Make ${candidate} 1 the champion?` });
    await expect(dialog.getByText('vigil-logistic 1 stops scoring and stays here')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Promote' })).toBeDisabled();
    await dialog.getByLabel('Reason').fill('It is tried for a minute');
    await dialog.getByRole('button', { name: 'Promote' }).click();
    await expect(sheet.getByText('It scores every payment.')).toBeVisible();
    await expect(page.getByRole('row', { name: new RegExp(`${candidate} 1 Champion`) })).toBeVisible();

    let scored: Record<string, unknown> = {};
    const by = async () => {
      scored = await pay(request, { amount: '250.00' });
      return (scored.model as { name: string }).name;
    };
    await expect.poll(by, { timeout: 30_000 }).toBe(candidate);
    expect(scored.model).toEqual({ name: candidate, version: '1', probability: 0.1192 });
    await page.goto(`/transactions/${scored.transaction_id}`);
    await expect(
      page.getByText('Base rate −4.00, all features +2.00, together −2.00 log-odds'),
    ).toBeVisible();

    await page.goto('/models?open=vigil-logistic~1');
    await page.getByRole('button', { name: 'Promote' }).click();
    const back = page.getByRole('dialog', { name: 'Make vigil-logistic 1 the champion?' });
    await back.getByLabel('Reason').fill('The trial is over');
    await back.getByRole('button', { name: 'Promote' }).click();
    await expect(page.getByRole('row', { name: /vigil-logistic 1 Champion/ })).toBeVisible();
    await expect.poll(by, { timeout: 30_000 }).toBe('vigil-logistic');

    const officer = await pageAs('security_officer');
    await officer.goto(`/security/audit-trail?q=${encodeURIComponent(candidate)}`);
    await expect(officer.getByRole('row', { name: /Promoted model/ }).first()).toBeVisible();
  } finally {
    await sql`update models set is_champion = false where model_name = ${candidate}`;
    await sql.end({ timeout: 2 });
  }
});

test('a run that has nothing to learn from says so, and an analyst only reads', async ({
  page,
  signIn,
  pageAs,
}) => {
  const name = `Too few ${mark}`;
  await signIn('data_scientist');
  await page.goto('/models/experiments');
  await expect(page.getByRole('heading', { level: 1, name: 'Experiments' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('t');
  const form = page.getByRole('dialog', { name: 'Train a model' });
  await form.getByLabel('Name').fill(name);
  // A month ago there was nothing.
  await form.getByLabel('Gap').fill('60');
  await form.getByLabel('Learn from').fill('1');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Train a model' }).click();
  await expect(form).toHaveCount(0);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row.getByText('Failed')).toBeVisible({ timeout: 90_000 });
  await row.click();
  const sheet = page.getByRole('complementary', { name });
  await expect(sheet.getByText('training needs payments of both kinds')).toBeVisible();
  await expectAccessible(page);
  const analyst = await pageAs('analyst');
  await analyst.goto('/models/experiments');
  await expect(analyst.getByRole('row', { name: new RegExp(name) })).toBeVisible();
  await expect(analyst.getByRole('button', { name: 'Train a model' })).toHaveCount(0);
});

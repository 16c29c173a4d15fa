import postgres from 'postgres';
import { loginUrl, maintainerSql } from './database-login';
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
    await expect(
      sheet.getByText('It scores no payment until it is promoted or tried in an A/B test.'),
    ).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: `Make ${candidate} 1 the champion?` });
    await expect(dialog.getByText('vigil-logistic 1 stops scoring and stays here')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Promote' })).toBeDisabled();
    await dialog.getByLabel('Reason').fill('It is tried for a minute');
    await dialog.getByRole('button', { name: 'Promote' }).click();
    await expect(
      sheet.getByText('It scores every payment, except in the other arm of an A/B test.'),
    ).toBeVisible();
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

/** A champion that was watched for three days, on the last of which amounts moved, and that caught less of late. */
async function watchedChampion(name: string): Promise<() => Promise<void>> {
  const sql = maintainerSql();
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const amounts = { cuts: [20, 80], counts: [1_000, 1_000, 1_000, 0] };
  const scores = { cuts: [0.01, 0.02, 0.04, 0.3], counts: [600, 600, 600, 600, 600, 0] };
  await sql`set role vigil_owner`;
  await sql`insert into models (model_name, model_version, model_type, parameters, is_champion, created_by)
    values (${name}, '1', 'trees', ${JSON.stringify({ ...model, name })}::text::jsonb, true, 'story')`;
  await sql`insert into model_references (model_name, model_version, from_at, to_at, payments, distributions)
    values (${name}, '1', ${day(7)}::text::date, ${day(0)}::text::date, 3000,
      ${JSON.stringify({ 'payment.amount': amounts, score: scores })}::text::jsonb)`;
  for (const [ago, psi, counts] of [
    [3, 0.01, [330, 340, 330, 0]],
    [2, 0.02, [300, 340, 360, 0]],
    [1, 0.62, [100, 200, 700, 0]],
  ] as const)
    await sql`insert into model_drift (model_name, model_version, day, feature, psi, payments, counts) values
      (${name}, '1', ${day(ago)}::text::date, 'payment.amount', ${psi}, 1000, ${[...counts]}),
      (${name}, '1', ${day(ago)}::text::date, 'score', 0.03, 1000, ${[180, 190, 210, 200, 220, 0]})`;
  for (const [ago, recall, source] of [
    [40, 0.9, 'training'],
    [9, 0.88, 'live'],
    [8, 0.6, 'live'],
  ] as const) {
    const intervals = JSON.stringify({ recall: [recall - 0.03, recall + 0.03], aucRoc: [0.94, 0.96] });
    await sql`insert into ml_model_performance (model_name, model_version, window_start, window_end, true_positives,
        false_positives, true_negatives, false_negatives, precision, recall, auc_roc, average_precision, threshold,
        intervals, sample_size, source)
      values (${name}, '1', ${day(ago + 7)}::text::date, ${day(ago)}::text::date, ${Math.round(400 * recall)}, 60, 9000,
        ${Math.round(400 * (1 - recall))}, 0.85, ${recall}, 0.95, 0.8, 0.5, ${intervals}::text::jsonb, 9460, ${source})`;
  }
  return async () => {
    await sql`update models set is_champion = false where model_name = ${name}`;
    await sql.end({ timeout: 2 });
  };
}

test('a champion that got worse says so, and what has drifted is read by keyboard', async ({
  page,
  signIn,
}) => {
  const name = `watched ${mark}`;
  const end = await watchedChampion(name);
  try {
    await signIn('data_scientist');
    await page.goto('/models');
    await expect(page.getByText(`Recall of ${name} 1 has fallen from 0.900 to 0.600.`)).toBeVisible();
    await expect(page.getByRole('region', { name: 'The champion over time' })).toBeVisible();
    await expectAccessible(page);
    await expect(page.getByText(/1 feature lies far from the reference/)).toBeVisible();
    await page.getByRole('link', { name: 'See drift' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Drift' })).toBeVisible();
    const row = page.getByRole('row', { name: /Amount/ });
    await expect(row.getByText('Significant')).toBeVisible();
    await expect(row.getByText('0.620')).toBeVisible();
    await expectAccessible(page);
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const values = page.getByRole('table', { name: 'Values' });
    await expect(values.getByRole('row', { name: /80.* and more 33.3 % 70.0 %/ })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('j');
    await expect(page.getByRole('complementary', { name: 'Score' })).toBeVisible();
    await expect(values.getByRole('row', { name: /0\.300 and more 20.0 % 22.0 %/ })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(values).toHaveCount(0);
  } finally {
    await end();
  }
});

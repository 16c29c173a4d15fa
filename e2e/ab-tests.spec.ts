import type { APIRequestContext } from '@playwright/test';
import postgres from 'postgres';
import { armOf } from '@/domain/ab-tests/arm';
import { registered, splitModel } from '@/domain/ab-tests/testing';
import { loginUrl } from './database-login';
import { credentials, expect, expectAccessible, pay, test } from './fixtures';

const mark = Date.now().toString(36);
const candidate = `arm ${mark}`;
const name = `Story ${mark}`;

const modelOf = (answer: Record<string, unknown>) => (answer.model as { name: string }).name;

/**
 * So many customers pay once each, at shops of their own, since frauds would stay with a shop of other stories: every
 * second one is a fraud, and small, which only the candidate knows.
 */
async function payAndLabel(request: APIRequestContext, customers: number): Promise<void> {
  const labels: { transaction_id: string; label: string }[] = [];
  for (let i = 0; i < customers; i += 1) {
    const fraud = i % 2 === 0;
    const whose = `ab-${mark}-${i}`;
    const amount = fraud ? '20.00' : '60.00';
    const answer = await pay(request, { user_id: whose, merchant_id: whose, amount });
    labels.push({ transaction_id: String(answer.transaction_id), label: fraud ? 'fraud' : 'legitimate' });
  }
  const { ingest, apiKey } = credentials();
  const answer = await request.post(`${ingest}/api/v1/labels`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: labels,
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

test('a scientist starts a test, sees it come to its verdict, concludes it, and stops another', async ({
  page,
  signIn,
  pageAs,
  request,
}) => {
  test.setTimeout(240_000);
  const sql = postgres(loginUrl('web'), { max: 1, fetch_types: false, onnotice: () => {} });
  const worker = postgres(loginUrl('worker'), { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await registered(sql, splitModel(candidate, 50, 0.02, 0.95));
    await signIn('data_scientist');
    await page.goto('/ab-tests');
    await expect(page.getByRole('heading', { level: 1, name: 'A/B tests' })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('t');
    const form = page.getByRole('dialog', { name: 'Start an A/B test' });
    await form.getByLabel('Name').fill(name);
    await form.getByRole('combobox', { name: 'Challenger' }).click();
    await page.getByRole('option', { name: `${candidate} 1` }).click();
    await expect(
      form.getByText(`${candidate} 1 decides the payments of 10 % of the customers`),
    ).toBeVisible();
    await form.getByLabel('Share of the customers').fill('50');
    await form.getByRole('combobox', { name: 'Decided by' }).click();
    await page.getByRole('option', { name: 'Average precision' }).click();
    await form.getByLabel('Payments judged').fill('100');
    await form.getByLabel('Payments without a label count as genuine').uncheck();
    await expectAccessible(page);
    await form.getByRole('button', { name: 'Start a test' }).click();
    await expect(form).toHaveCount(0);
    const row = page.getByRole('row', { name: new RegExp(name) });
    await expect(row.getByText('Running')).toBeVisible();
    await expect(row.getByText('Too early')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Start a test' })).toBeDisabled();

    const [started] = await sql<{ id: number }[]>`select id from model_ab_tests where test_name = ${name}`;
    const { id } = started!;
    const challenged = Array.from({ length: 99 }, (_, i) => `first-${mark}-${i}`).find(
      (user) => armOf(id, user, 0.5) === 'challenger',
    );
    await expect
      .poll(async () => modelOf(await pay(request, { user_id: challenged })), { timeout: 30_000 })
      .toBe(candidate);
    await payAndLabel(request, 240);
    const judged = async () => {
      await worker`select run_job('measure-ab-tests')`;
      const [test] =
        await sql`select (results #>> '{arms,champion,judged}')::int + (results #>> '{arms,challenger,judged}')::int
        as judged from model_ab_tests where id = ${id}`;
      return test!.judged;
    };
    await expect.poll(judged, { timeout: 60_000 }).toBe(240);

    await page.goto(`/ab-tests?open=${id}`);
    const sheet = page.getByRole('complementary', { name });
    await expect(sheet.getByText('Challenger better.')).toBeVisible();
    await expect(sheet.getByRole('row', { name: /Average precision/ })).toContainText('p < 0.001');
    await expectAccessible(page);
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('c');
    const conclude = page.getByRole('dialog', { name: `Conclude ${name}?` });
    await expect(conclude.getByLabel(`${candidate} 1 becomes the champion`)).toBeChecked();
    await conclude.getByLabel('vigil-logistic 1 stays the champion').check();
    await expect(conclude.getByText('The figures say that the challenger is better.')).toBeVisible();
    await conclude.getByLabel(`${candidate} 1 becomes the champion`).check();
    await conclude.getByLabel('Reason').fill('It knows what the champion does not');
    await expectAccessible(page);
    await conclude.getByRole('button', { name: 'Conclude' }).click();
    await expect(sheet.getByText('The challenger became the champion')).toBeVisible();
    await expect(row.getByText('Concluded')).toBeVisible();

    const second = `Back ${mark}`;
    await page.getByRole('button', { name: 'Start a test' }).click();
    await form.getByLabel('Name').fill(second);
    await form.getByRole('combobox', { name: 'Challenger' }).click();
    await page.getByRole('option', { name: 'vigil-logistic 1' }).click();
    await form.getByRole('button', { name: 'Start a test' }).click();
    await page.getByRole('row', { name: new RegExp(second) }).click();
    await expect(page.getByRole('complementary', { name: second }).getByText('Too early.')).toBeVisible();
    await page.keyboard.press('x');
    const stop = page.getByRole('dialog', { name: `Stop ${second}?` });
    await stop.getByLabel('Reason').fill('Only to see it stop');
    await stop.getByRole('button', { name: 'Stop test' }).click();
    await expect(page.getByRole('row', { name: new RegExp(second) }).getByText('Stopped')).toBeVisible();

    const analyst = await pageAs('analyst');
    await analyst.goto('/ab-tests');
    await expect(analyst.getByRole('row', { name: new RegExp(name) })).toBeVisible();
    await expect(analyst.getByRole('button', { name: 'Start a test' })).toHaveCount(0);
  } finally {
    await sql`update model_ab_tests set status = 'STOPPED', end_date = now() where status = 'ACTIVE'`;
    await sql`update models set is_champion = false where model_name = ${candidate}`;
    await sql.end({ timeout: 2 });
    await worker.end({ timeout: 2 });
  }
});

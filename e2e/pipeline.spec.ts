import { maintainerSql } from './database-login';
import { credentials, expect, expectAccessible, pay, payment, test } from './fixtures';

/** Payments written into the queue by hand: their hash does not fit, so the worker gives them up as unreadable. */
async function giveUp(ids: string[]): Promise<void> {
  const sql = maintainerSql();
  try {
    for (const id of ids)
      await sql`insert into transaction_stream (transaction_id, raw_data, payload_hash)
        values (${id}, ${sql.json(payment({ transaction_id: id }) as Record<string, string>)}, ${'0'.repeat(64)})`;
    await expect
      .poll(
        async () =>
          (
            await sql`select 1 from transaction_stream where transaction_id in ${sql(ids)} and processing_status = 'DEAD'`
          ).length,
        { timeout: 15_000 },
      )
      .toBe(ids.length);
  } finally {
    await sql.end();
  }
}

test('a batch goes through the queue, and the page says how calls are answered', async ({
  page,
  request,
  signIn,
}) => {
  const { ingest, apiKey } = credentials();
  const ids = [1, 2, 3].map((i) => `e2e-batch-${Date.now()}-${i}`);
  const answer = await request.post(`${ingest}/api/v1/transactions/batch`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: ids.map((transaction_id) => payment({ transaction_id })),
  });
  expect(answer.status(), await answer.text()).toBe(202);
  await pay(request);
  await pay(request, { amount: 'much' }, 400);

  await signIn('db_operator');
  await page.goto('/database');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pipeline' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pipeline' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Workers' }).getByText(/Idle|Deciding/)).toBeVisible({
    timeout: 70_000,
  });
  await expectAccessible(page);

  await page.goto('/pipeline?tab=api');
  const routes = page.getByRole('region', { name: 'By route' });
  await expect(routes.getByRole('row').filter({ hasText: '/api/v1/transactions/batch' })).toBeVisible({
    timeout: 20_000,
  });
  const answers = page.getByRole('region', { name: 'By answer' });
  await answers.getByRole('row').filter({ hasText: 'Refused' }).click();
  await expect(page).toHaveURL(/answer=4xx/);
  await expectAccessible(page);
  for (const [tab, heading] of [
    ['cache', 'Read most'],
    ['processes', 'CPU'],
  ] as const) {
    await page.goto(`/pipeline?tab=${tab}`);
    await expect(page.getByRole('region', { name: heading })).toBeVisible();
    await expectAccessible(page);
  }

  await signIn('analyst');
  for (const id of ids) {
    await page.goto(`/transactions/${id}`);
    await expect(page.getByText(id).first()).toBeVisible();
  }
});

test('dead letters say why; put back or discarded by keyboard and all at once, on record', async ({
  page,
  signIn,
}) => {
  const ids = ['a', 'b', 'c'].map((name) => `e2e-dead-${Date.now()}-${name}`);
  await giveUp(ids);
  await signIn('db_operator');
  await page.goto(`/pipeline?q=${ids[0]}`);
  const list = page.getByRole('table', { name: 'Dead letters', exact: true });
  await expect(list.getByRole('row').filter({ hasText: ids[0] })).toContainText('Changed in store');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText('Somebody has written to the row by hand.')).toBeVisible();
  await expect(sheet.getByText('"transaction_id"')).toBeVisible();
  await expectAccessible(page);

  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Discard' })).toBeDisabled();
  await dialog.getByLabel(/Reason/).fill('sent again under another id');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Discarded one payment')).toBeVisible();
  await expect(sheet.getByText('sent again under another id')).toBeVisible();
  // Discarding is no end: it can be put back, and comes back when its cause is still there.
  await page.keyboard.press('r');
  await dialog.getByRole('button', { name: 'Put back' }).click();
  await expect(page.getByText('Put back one payment')).toBeVisible();
  await expect(sheet.getByText('It was given up after')).toBeVisible({ timeout: 15_000 });

  await page.goto('/pipeline');
  const groups = page.getByRole('region', { name: 'Dead letters by error' });
  const unreadable = groups.getByRole('row').filter({ hasText: 'What was kept of it has been changed.' });
  await unreadable.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toContainText('Discard 3 payments?');
  await dialog.getByLabel(/Reason/).fill('a test of the store');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Discarded 3 payments')).toBeVisible();
  await expect(groups.getByText('No dead letters')).toBeVisible();
  await page.goto(`/pipeline?status=DISCARDED&q=${ids[2]}`);
  await expect(page.getByRole('row').filter({ hasText: ids[2] })).toContainText('Discarded');

  await signIn('security_officer');
  await page.goto('/security/audit-trail?action=stream:discard');
  await page.getByRole('row').nth(1).click();
  await expect(sheet).toContainText('a test of the store');
});

test('who may only read sees the letters and no way to change them', async ({ page, signIn }) => {
  const id = `e2e-dead-${Date.now()}-only`;
  await giveUp([id]);
  await signIn('auditor');
  await page.goto(`/pipeline?q=${id}`);
  await page.getByRole('row').filter({ hasText: id }).click();
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText('It was given up after')).toBeVisible();
  await expect(page.getByRole('button', { name: /Put back|Discard/ })).toHaveCount(0);
});

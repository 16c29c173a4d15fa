import { expect, expectAccessible, test } from './fixtures';

const onStack = process.env.VIGIL_E2E_STACK_DIR !== undefined;

test('the operator sees the pools, or what room the server has and how to put PgBouncer in front', async ({
  page,
  signIn,
}) => {
  await signIn('db_operator');
  await page.goto('/database');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pool' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pool' })).toBeVisible();
  const room = page.getByRole('region', { name: 'Room' });
  if (onStack) {
    const pools = page.getByRole('table', { name: 'Pools' });
    await expect(pools.getByRole('row', { name: /vigil_web fraud_detection/ })).toBeVisible();
    await expect(pools.getByRole('row', { name: /vigil_worker fraud_detection/ })).toBeVisible();
    await expect(room.getByText(/^Yes: the pools may open/)).toBeVisible();
    const checks = page.getByRole('region', { name: 'Checks' });
    await expect(checks.locator('details', { hasText: 'Room for the pools' })).toContainText('OK');
  } else {
    await expect(page.getByText('No pool is in front of the server.')).toBeVisible();
    await expect(page.getByText(/VIGIL_POOLER_ADMIN_URL=postgres/)).toBeVisible();
    await expect(room.getByText(/\d+ connections are open, and the server allows \d+\./)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try it' })).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Pools' })).toHaveCount(0);
  }
  await expectAccessible(page);
});

test('what holds behind the pool is tried by keyboard, by those who may, where there is one', async ({
  page,
  signIn,
  pageAs,
}) => {
  await signIn('db_operator');
  await page.goto('/database/pool');
  await expect(page.getByRole('heading', { level: 1, name: 'Pool' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('t');
  const results = page.getByRole('table', { name: 'What holds behind the pool' });
  if (onStack) {
    await expect(results.getByRole('row', { name: /^SET LOCAL Holds/ })).toBeVisible({ timeout: 20_000 });
    await expect(results.getByRole('row', { name: /^LISTEN Does not hold/ })).toBeVisible();
    await expect(page.getByText(/ran on another connection/)).toBeVisible();
    await expectAccessible(page);
  } else await expect(results).toHaveCount(0);
  const auditor = await pageAs('auditor');
  await auditor.goto('/database/pool');
  await expect(auditor.getByRole('heading', { level: 1, name: 'Pool' })).toBeVisible();
  await expect(auditor.getByRole('button', { name: 'Try it' })).toHaveCount(0);
});

test('an analyst has no way to the pool', async ({ page, signIn, complaints }) => {
  complaints.expect(/403/);
  await signIn('analyst');
  await page.goto('/database/pool');
  await expect(page.getByText('Not part of your role')).toBeVisible();
});

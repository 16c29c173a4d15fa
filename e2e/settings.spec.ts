import type { APIRequestContext } from '@playwright/test';
import { expect, expectAccessible, pay, personOf, test } from './fixtures';

const reason = `Everything is reviewed ${Date.now().toString(36)}`;

/** A change of settings reaches the decision API within seconds. */
const decidedAs = (request: APIRequestContext, decision: string) =>
  expect
    .poll(async () => (await pay(request)).decision, { timeout: 20_000, intervals: [200, 500, 1000] })
    .toBe(decision);

test('an administrator changes a threshold with a reason, a senior analyst reads why, the next payment decides by it', async ({
  pageAs,
  request,
}) => {
  test.setTimeout(150_000);
  await decidedAs(request, 'ALLOW');
  const admin = await pageAs('admin');
  await admin.goto('/settings');
  await admin.getByRole('row', { name: /Review from/ }).click();
  const sheet = admin.getByRole('complementary', { name: 'Review from' });
  await expect(sheet.getByText('Payments with this score or more are sent to review')).toBeVisible();

  await sheet.getByLabel('New value').fill('0.95');
  await sheet.getByLabel('Reason').fill(reason);
  await sheet.getByRole('button', { name: 'Change' }).click();
  await expect(sheet.getByText('Review (0.95) must begin below block (0.85).')).toBeVisible();

  await sheet.getByLabel('New value').fill('0');
  await sheet.getByRole('button', { name: 'Change' }).click();
  await expect(admin.getByText('Setting changed')).toBeVisible();
  await expect(sheet.getByText(reason)).toBeVisible();
  await decidedAs(request, 'REVIEW');

  const senior = await pageAs('senior_analyst');
  await senior.goto('/settings?open=decision.review_at');
  const history = senior.getByRole('region', { name: 'History' });
  const change = history.getByRole('listitem').filter({ hasText: reason });
  await expect(change).toContainText('0.50');
  await expect(change).toContainText('0.00');
  await expect(senior.getByText('Only administrators change settings.')).toBeVisible();
  await expect(senior.getByRole('button', { name: 'Change' })).toHaveCount(0);
  await expectAccessible(senior);

  await sheet.getByLabel('Reason').fill('Back to normal');
  await sheet.getByRole('button', { name: 'Back to initial' }).click();
  await expect(sheet.getByText('Back to normal')).toBeVisible();
  await expectAccessible(admin);
  await decidedAs(request, 'ALLOW');
});

test('two administrators at once: the second sees the other one first', async ({ pageAs }) => {
  const [first, second] = [await pageAs('admin'), await pageAs('admin')];
  for (const page of [first, second]) {
    await page.goto('/settings?open=alert.lease_minutes');
    await page.getByLabel('New value').fill(page === first ? '11' : '12');
    await page.getByLabel('Reason').fill(`Trial of ${personOf('admin').email}`);
  }
  await first.getByRole('button', { name: 'Change' }).click();
  await expect(first.getByText('Setting changed')).toBeVisible();
  await second.getByRole('button', { name: 'Change' }).click();
  await expect(second.getByText('Somebody else has just changed this setting.')).toBeVisible();
  await second.getByRole('button', { name: 'Take the new value' }).click();
  await expect(second.getByLabel('New value')).toHaveValue('11');
  await first.getByLabel('Reason').fill('Trial is over');
  await first.getByRole('button', { name: 'Back to initial' }).click();
  await expect(first.getByText('Trial is over')).toBeVisible();
});

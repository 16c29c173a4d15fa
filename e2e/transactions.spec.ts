import { readFileSync } from 'node:fs';
import { expect, expectAccessible, pay, payment, test } from './fixtures';

const place = { country: 'DE', latitude: 50.94, longitude: 6.96, channel: 'web' };

test('a payment is found, opened beside the list and explained on its page', async ({
  page,
  request,
  signIn,
}) => {
  const who = `e2e-buyer-${Date.now().toString(36)}`;
  const shared = {
    user_id: who,
    device_id: `dev-${who}`,
    card_token: `tok_${who}_8812`,
    ip_address: '84.10.1.9',
  };
  for (let i = 0; i < 6; i++)
    await pay(request, { ...shared, ...place, amount: `${20 + i}.00`, merchant_id: 'e2e-books' });
  const sent = payment({
    ...shared,
    ...place,
    amount: '731.50',
    merchant_id: 'e2e-books',
    metadata: { basket: 'lamp' },
  });
  await pay(request, sent);
  const id = String(sent.transaction_id);

  await signIn('analyst');
  await page.goto(`/transactions?user=${who}`);
  const table = page.getByRole('table', { name: 'Transactions' });
  await expect(table.getByRole('row')).toHaveCount(8);
  await expect(page.getByText('tok_')).toHaveCount(0);

  // j and Enter open the newest beside the list; the arrows change what it shows.
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('complementary');
  await expect(sheet).toContainText(id);
  await expect(sheet).toContainText('•• 8812');
  await expect(sheet.getByRole('heading', { name: 'Why' })).toBeVisible();
  await page.keyboard.press('j');
  await expect(sheet).not.toContainText(id);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);

  await page.goto(`/transactions/${id}`);
  const main = page.getByRole('main');
  await expect(main).toContainText('€\u00a0731.50');
  await expect(main).toContainText('Base rate');
  await expect(main).toContainText('Payments by customer in 24 h');
  await expect(main).toContainText('"basket": "lamp"');
  await expect(main).toContainText('Usual for this customer?');
  await page.getByRole('tab', { name: 'Same card' }).click();
  await expect(page.getByRole('table', { name: 'Same card' }).getByRole('row')).toHaveCount(8);
  await expect(page).toHaveURL(/same=card/);
  await page.getByRole('tab', { name: 'Similar' }).click();
  await expect(page.getByRole('table', { name: 'Similar' })).toBeVisible();
  await expectAccessible(page);
});

test('filters are in the address, combine, and say when nothing matches', async ({
  page,
  request,
  signIn,
}) => {
  const who = `e2e-filter-${Date.now().toString(36)}`;
  await pay(request, { user_id: who, amount: '10.00', channel: 'app' });
  await pay(request, { user_id: who, amount: '500.00', channel: 'web' });
  await signIn('analyst');
  await page.goto(`/transactions?user=${who}&channel=app`);
  const table = page.getByRole('table', { name: 'Transactions' });
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.goto(`/transactions?user=${who}&amount=400..`);
  await expect(table).toContainText('€\u00a0500.00');
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.goto(`/transactions?user=${who}&amount=9000..`);
  await expect(page.getByText('No payment matches these filters')).toBeVisible();
  await page.goto('/transactions?ip=nonsense&cursor=forged&decision=MAYBE');
  await expect(table).toBeVisible();
  await expectAccessible(page);
});

test('the list follows the traffic', async ({ page, request, signIn }) => {
  const who = `e2e-live-${Date.now().toString(36)}`;
  await pay(request, { user_id: who });
  await signIn('analyst');
  await page.goto(`/transactions?user=${who}`);
  const table = page.getByRole('table', { name: 'Transactions' });
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('status', { name: 'Live updates' })).toContainText('Live');
  await pay(request, { user_id: who, amount: '77.70' });
  await expect(table.getByRole('row')).toHaveCount(3, { timeout: 4000 });
});

test('an export is a file that a spreadsheet may open, and is on the record', async ({
  page,
  request,
  signIn,
  pageAs,
}) => {
  const who = `e2e-export-${Date.now().toString(36)}`;
  await pay(request, { user_id: who, device_id: '=HYPERLINK("http://evil")', card_token: 'tok_secret_9911' });
  await signIn('senior_analyst');
  await page.goto(`/transactions?user=${who}`);
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: 'Export' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  const lines = text.trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('transaction_id,transaction_timestamp');
  expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(lines[1]).toContain('9911');
  expect(text).not.toContain('tok_secret');

  const officer = await pageAs('auditor');
  await officer.goto('/security/audit-trail?action=transaction:export');
  await expect(officer.getByRole('table')).toContainText('Exported payments');

  // An analyst has no export, by button or by hand.
  const analyst = await pageAs('analyst');
  await analyst.goto(`/transactions?user=${who}`);
  await expect(analyst.getByRole('button', { name: 'Export CSV' })).toHaveCount(0);
});

test('on a phone', async ({ page, request, signIn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const sent = payment({ ...place, card_token: 'tok_phone_1234' });
  await pay(request, sent);
  await signIn('analyst');
  await page.goto('/transactions');
  await expect(page.getByRole('table', { name: 'Transactions' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.goto(`/transactions/${sent.transaction_id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('€');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

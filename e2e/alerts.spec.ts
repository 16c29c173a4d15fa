import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { expect, expectAccessible, pay, payment, test } from './fixtures';

let attacks = 0;

/** Small payments of one card, then a large one: rule R-001 blocks and raises an alert. Gives the last payment's id. */
async function attack(
  request: APIRequestContext,
  who = `e2e-victim-${Date.now().toString(36)}-${attacks++}`,
) {
  const same = { user_id: who, card_token: `tok_${who}_4471`, merchant_id: `shop-${who}`, channel: 'web' };
  for (let i = 0; i < 5; i++) await pay(request, { ...same, amount: `${i + 1}.00` });
  const last = payment({ ...same, amount: '912.34' });
  const answer = await pay(request, last);
  expect(answer.decision).toBe('BLOCK');
  return { who, id: String(last.transaction_id), merchant: `shop-${who}`, sentAt: Date.now() };
}

const queue = (page: Page) => page.getByRole('region', { name: 'Alert queue' });
const rowOf = (page: Page, text: string): Locator =>
  queue(page).getByRole('listitem').filter({ hasText: text });
const detail = (page: Page) => page.getByRole('region', { name: /^Alert \d+/ });
const toast = (page: Page, text: string | RegExp) => page.getByText(text).first();

/** Filters the queue to one merchant, so that the demo's own alerts are out of the way. */
const openQueueOf = async (page: Page, merchant: string, more = '') => {
  await page.goto(`/alerts?merchant=${encodeURIComponent(merchant)}${more}`);
  await expect(queue(page)).toBeVisible();
};
/** The alerts of one merchant, the most urgent first, as the queue shows them. */
const idsIn = (page: Page) =>
  queue(page)
    .locator('li[data-id]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-id'))));

test('an analyst clears alerts by keyboard alone, undoes one and escalates one', async ({
  page,
  request,
  signIn,
}) => {
  const { merchant, who } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  await expect.poll(async () => (await idsIn(page)).length).toBeGreaterThanOrEqual(3);
  const ids = await idsIn(page);

  // The most urgent is open and explained in sentences; it is claimed by being open.
  await expect(detail(page)).toContainText(who);
  await expect(detail(page)).toContainText('small payments on this card in 10 minutes');
  await expect(detail(page).getByText(/^Yours for \d+:\d\d$/)).toBeVisible();

  await page.keyboard.press('f');
  await expect(toast(page, `A-${ids[0]} confirmed as fraud`)).toBeVisible();
  await expect(queue(page).locator(`li[data-id="${ids[0]}"]`)).toHaveCount(0);
  await expect(queue(page).locator(`li[data-id="${ids[1]}"]`)).toHaveAttribute('data-selected', 'true');

  await page.keyboard.press('g');
  await expect(toast(page, `A-${ids[1]} marked as a good alert`)).toBeVisible();
  await page.keyboard.press('u');
  await expect(toast(page, `A-${ids[1]} is back with you`)).toBeVisible();
  await expect(queue(page).locator(`li[data-id="${ids[1]}"]`)).toHaveAttribute('data-selected', 'true');
  await expect(detail(page).getByText(/^Yours for/)).toBeVisible();
  await page.keyboard.press('g');
  await expect(queue(page).locator(`li[data-id="${ids[1]}"]`)).toHaveCount(0);

  await page.keyboard.press('p');
  await expect(toast(page, `A-${ids[2]} marked as a false positive`)).toBeVisible();

  const another = await attack(request);
  await openQueueOf(page, another.merchant);
  const [escalated] = await idsIn(page);
  await expect(detail(page).getByText(/^Yours for/)).toBeVisible();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`Escalate A-${escalated}?`);
  await dialog.getByRole('textbox').fill('Same card in three countries');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Escalate' }).press('Enter');
  await expect(toast(page, `A-${escalated} escalated`)).toBeVisible();

  // The verdicts are on the alerts' pages, with who gave them; the label is on the payment.
  await page.goto(`/alerts/${ids[0]}`);
  await expect(page.getByText('Ana Ruiz').first()).toBeVisible();
  await expect(page.getByRole('main').getByText('Fraud', { exact: true }).first()).toBeVisible();
  await page.goto(`/alerts/${escalated}`);
  await expect(page.getByText('Same card in three countries').first()).toBeVisible();
});

test('a payment is in the queue within two seconds of being answered, and moves nothing', async ({
  page,
  request,
  signIn,
}) => {
  const { merchant, who } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  await expect.poll(async () => (await idsIn(page)).length).toBeGreaterThan(0);
  await page.keyboard.press('j');
  const before = await idsIn(page);
  const open = await queue(page).locator('li[data-selected]').getAttribute('data-id');
  await expect(page.getByRole('status', { name: 'Live updates' })).toContainText('Live');
  await page.waitForTimeout(1500);
  await pay(request, {
    user_id: who,
    card_token: `tok_${who}_4471`,
    merchant_id: merchant,
    amount: '1911.00',
  });
  const sent = Date.now();
  await expect(rowOf(page, '€ 1 911.00'.replaceAll(' ', '\u00a0'))).toBeVisible({ timeout: 5000 });
  expect(Date.now() - sent).toBeLessThan(2000);
  expect((await idsIn(page)).length).toBe(before.length + 1);
  expect(await queue(page).locator('li[data-selected]').getAttribute('data-id')).toBe(open);
});

test('a second person sees who has an alert, and may not decide it', async ({
  page,
  request,
  signIn,
  pageAs,
}) => {
  const { merchant } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  const [id] = await idsIn(page);
  await expect(detail(page).getByText(/^Yours for/)).toBeVisible();

  const other = await pageAs('senior_analyst');
  await openQueueOf(other, merchant);
  await expect(other.locator(`li[data-id="${id}"]`)).toContainText('With Ana Ruiz');
  await expect(detail(other)).toContainText('Ana Ruiz claimed this alert.');
  await expect(other.getByRole('button', { name: /Confirm fraud/ })).toBeDisabled();

  // Going on to the next one gives the first back.
  await page.keyboard.press('j');
  await expect(other.locator(`li[data-id="${id}"]`)).not.toContainText('With Ana Ruiz');
});

test('several alerts take one verdict', async ({ page, request, signIn }) => {
  const { merchant } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  await expect.poll(async () => (await idsIn(page)).length).toBeGreaterThanOrEqual(2);
  await page.keyboard.press(' ');
  await page.keyboard.press('j');
  await page.keyboard.press(' ');
  await expect(page.getByText('2 selected')).toBeVisible();
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Confirm 2 alerts as fraud?');
  await dialog.getByRole('button', { name: 'Confirm fraud' }).press('Enter');
  await expect(toast(page, '2 alerts decided')).toBeVisible();
});

test('who only reads sees the queue and no verdicts', async ({ page, request, signIn }) => {
  const { merchant } = await attack(request);
  await signIn('auditor');
  await openQueueOf(page, merchant);
  await expect(detail(page)).toContainText('Your role reads alerts');
  await expect(page.getByRole('button', { name: /Confirm fraud/ })).toHaveCount(0);
});

test('on a phone the list leads to a page with its verdicts at the bottom', async ({
  page,
  request,
  signIn,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { merchant } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  const [id] = await idsIn(page);
  await queue(page).locator(`li[data-id="${id}"]`).getByRole('link').click();
  await page.waitForURL(`**/alerts/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('€');
  await expect(page.getByRole('button', { name: /Confirm fraud/ })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});

test('the alert pages have nothing that axe calls serious', async ({ page, request, signIn }) => {
  const { merchant } = await attack(request);
  await signIn('analyst');
  await openQueueOf(page, merchant);
  await expect(detail(page).getByText(/^Yours for/)).toBeVisible();
  await expectAccessible(page);
});

test('nor has the list of all alerts, decided ones too', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/alerts?tab=all');
  await expect(queue(page)).toBeVisible();
  await expectAccessible(page);
});

test('an address that nobody has', async ({ page, signIn, complaints }) => {
  complaints.expect(/404/);
  await signIn('analyst');
  await page.goto('/alerts/99999999');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Nothing is here');
  await page.goto('/alerts?risk=HUGE&amount=x..y&tab=nowhere');
  await expect(queue(page)).toBeVisible();
});

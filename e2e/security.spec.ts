import { readFile } from 'node:fs/promises';
import { credentials, expect, expectAccessible, personOf, test } from './fixtures';
import { cookieOf, signInOver } from './http';

const rowOf = (page: import('@playwright/test').Page, text: string | RegExp) =>
  page.getByRole('row').filter({ hasText: text });
const sheet = (page: import('@playwright/test').Page) => page.getByRole('complementary');

test('an officer ends a session and the other browser is out at once, with the reason on record', async ({
  page,
  browser,
  signIn,
  complaints,
}) => {
  complaints.expect(/401|ERR_INCOMPLETE|Failed to load resource/);
  const { email, password } = personOf('data_scientist');
  const context = await browser.newContext({ baseURL: credentials().web });
  const other = await context.newPage();
  await other.goto('/login?next=%2Faccount');
  await other.getByLabel('Email').fill(email);
  await other.getByLabel('Password', { exact: true }).fill(password);
  await other.keyboard.press('Enter');
  await expect(other.getByRole('heading', { name: 'Account' })).toBeVisible();
  await other.waitForTimeout(1_500);

  await signIn('security_officer');
  await page.goto(`/security/sessions?state=active&q=${encodeURIComponent(email)}`);
  await rowOf(page, 'Chrome').first().click();
  await sheet(page).getByRole('button', { name: 'End session' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('is signed out there within a second');
  await expect(dialog.getByRole('button', { name: 'End session' })).toBeDisabled();
  const reason = `Sign-in from a new country ${Date.now()}`;
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'End session' }).click();
  await expect(page.getByText(/^The session of .* has ended$/)).toBeVisible();
  await other.waitForURL(/\/login\?ended=1/, { timeout: 5_000 });
  await expect(other.getByText('You were signed out.')).toBeVisible();

  await page.goto(`/security/audit-trail?action=session:end&q=${encodeURIComponent(reason)}`);
  await rowOf(page, 'Ended session').first().click();
  await expect(sheet(page)).toContainText(reason);
  await expect(sheet(page)).toContainText('Request');
  await context.close();
});

test('the audit trail: filters in the address, J and K, marking by R, and an export that is on record', async ({
  page,
  signIn,
}) => {
  await signIn('security_officer');
  await page.goto('/security/audit-trail?action=session:sign-in');
  await expect(rowOf(page, 'Signed in').first()).toBeVisible();
  await page.getByRole('row').nth(1).click();
  const head = sheet(page).getByRole('heading', { level: 2 });
  await expect(head).toHaveText('Signed in');
  const first = await sheet(page).locator('header').innerText();
  await page.keyboard.press('j');
  await expect.poll(() => sheet(page).locator('header').innerText()).not.toBe(first);
  await page.keyboard.press('k');
  await expect.poll(() => sheet(page).locator('header').innerText()).toBe(first);
  await page.keyboard.press('r');
  await expect(sheet(page).getByText(/^Reviewed by /)).toBeVisible();
  const entry = /#([\d,]+)/.exec(first)?.[1]?.replaceAll(',', '');
  await expect(page).toHaveURL(new RegExp(`[?&]open=${entry}(&|$)`));
  await page.reload();
  await expect(sheet(page).getByText(/^Reviewed by /)).toBeVisible();
  await expectAccessible(page);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file.split('\r\n')[0]).toMatch(/^id,time_utc,actor_type,actor,/);
  expect(file).toContain('session:sign-in');
  expect(file).not.toContain('session:sign-out');
  await page.goto('/security/audit-trail?action=audit:export');
  await expect(rowOf(page, 'Exported audit trail').first()).toBeVisible();
});

test('a refusal is an event at once; an officer takes it, opens who it was, and resolves it with a note', async ({
  page,
  signIn,
  pageAs,
  complaints,
}) => {
  complaints.expect(/403/);
  await signIn('security_officer');
  await page.goto('/security/events?state=open&type=access.denied');
  const analyst = await pageAs('analyst');
  await analyst.goto('/security/people');
  await expect(analyst.getByText('Not part of your role').first()).toBeVisible();
  await page.goto('/security/events?state=open&type=access.denied');
  await rowOf(page, 'Access refused').first().click();
  await expect(sheet(page)).toContainText('asked for something that the role does not allow: person.list');
  await sheet(page).getByRole('button', { name: 'Take' }).click();
  await expect(sheet(page).getByText('Mine')).toBeVisible();
  await expect(sheet(page).getByRole('link', { name: /still open/ })).toBeVisible();
  await page.mouse.move(0, 0);
  await expectAccessible(page);
  await sheet(page).getByRole('button', { name: 'Resolve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Note').fill('Followed an old link, knows better now');
  await dialog.getByRole('button', { name: 'Resolve' }).click();
  await expect(sheet(page).getByText(/Resolved as Expected/)).toBeVisible();
  await sheet(page)
    .getByRole('link', { name: /still open/ })
    .click();
  await expect(page).toHaveURL(/\/security\/sessions\?user=/);
  await expect(sheet(page)).toContainText('was last seen');
});

test('a person is added, gets in by the link, changes role and is disabled', async ({
  page,
  browser,
  signIn,
}) => {
  await signIn('security_officer');
  await page.goto('/security/people');
  const name = `Newcomer ${Date.now().toString(36)}`;
  const email = `${name.replace(' ', '.').toLowerCase()}@example.org`;
  await page.getByRole('button', { name: 'Add person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Email').fill(email);
  await dialog.getByRole('button', { name: 'Add and make link' }).click();
  const link = await page.getByLabel('Link', { exact: true }).inputValue();
  expect(link).toMatch(/\/password\/[\w-]{43}$/);
  await page.getByRole('button', { name: 'Done' }).click();

  const context = await browser.newContext({ baseURL: credentials().web });
  const guest = await context.newPage();
  await guest.goto(link);
  await expect(guest.getByText(`who signs in as ${email}`)).toBeVisible();
  await guest.getByLabel('New password', { exact: true }).fill('Password2026!');
  await guest.getByLabel('New password again').fill('Password2026!');
  await guest.getByRole('button', { name: 'Set password' }).click();
  await expect(guest.getByText('This is among the first that anybody would try.')).toBeVisible();
  await guest.mouse.move(0, 0);
  await expectAccessible(guest);
  await guest.getByLabel('New password', { exact: true }).fill('quiet rivers carry stones');
  await guest.getByLabel('New password again').fill('quiet rivers carry stones');
  await guest.getByRole('button', { name: 'Set password' }).click();
  await expect(guest.getByText('Your password is set.')).toBeVisible();
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
  await context.close();
  expect((await signInOver(email, 'quiet rivers carry stones')).answer.status).toBe(200);

  await page.goto(`/security/people?q=${encodeURIComponent(email)}`);
  await rowOf(page, name).click();
  await expectAccessible(page);
  await sheet(page).getByRole('button', { name: 'Change role' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'New role' }).click();
  await page.getByRole('option', { name: 'Auditor' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/Reason/)
    .fill('Moves to internal audit');
  await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
  await expect(page.getByText(`${name} is now Auditor`)).toBeVisible();
  await sheet(page).getByRole('button', { name: 'Disable' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/Reason/)
    .fill('Left the house today');
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(sheet(page).getByText('Disabled')).toBeVisible();
  expect((await signInOver(email, 'quiet rivers carry stones')).answer.status).toBe(401);
});

test('the officer reads who changed a rule, and an auditor reads it all but changes nothing', async ({
  page,
  signIn,
}) => {
  await signIn('auditor');
  await page.goto('/security/audit-trail?resource=rule');
  await expect(page.getByRole('heading', { name: 'Audit trail' })).toBeVisible();
  await page.goto('/security/sessions');
  await page.getByRole('row').nth(1).click();
  await expect(sheet(page)).toContainText('was last seen');
  await expect(page.getByRole('button', { name: /^End/ })).toHaveCount(0);
  await expectAccessible(page);
  await page.goto('/security/people');
  await expect(page.getByRole('button', { name: 'Add person' })).toHaveCount(0);
  // A session from elsewhere appears without reloading.
  await page.goto('/security/sessions?state=active');
  const keys = () =>
    page.locator('tr[data-key]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));
  await expect(page.locator('tr[data-key]')).not.toHaveCount(0);
  const before = await keys();
  await page.waitForTimeout(1_500);
  await cookieOf('analyst');
  // Not by their number: another session may end meanwhile.
  await expect.poll(async () => (await keys()).some((key) => !before.includes(key))).toBe(true);
});

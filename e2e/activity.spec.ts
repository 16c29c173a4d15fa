import type { Page } from '@playwright/test';
import type { Sql } from 'postgres';
import { clientNamed } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

const opened: Sql[] = [];
const client = (application: string): Sql => {
  const sql = clientNamed(application);
  opened.push(sql);
  return sql;
};
test.afterEach(async () => {
  await Promise.all(opened.splice(0).map((sql) => sql.end({ timeout: 0 })));
});

const rowOf = (page: Page, application: string) =>
  page.getByRole('table', { name: 'Sessions' }).getByRole('row', { name: new RegExp(application) });

/** Nobody else takes this one. */
const lock = 'select pg_advisory_xact_lock(4711004711)';
const ending = (work: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(work).then(
    () => 'ok',
    (error: { code?: string }) => String(error.code),
  );

test('a blocked session is seen in the tree and cancelled by keyboard; what it was is on record', async ({
  page,
  pageAs,
  signIn,
}) => {
  // Four looks of axe at a page that is read again all the time.
  test.setTimeout(240_000);
  const holder = client('e2e-holder');
  await holder.unsafe(`begin; ${lock}`);
  const waiter = client('e2e-waiter');
  const waiting = ending(waiter.unsafe(lock));
  await signIn('db_operator');
  await page.goto('/database/activity?application=e2e-waiter');
  const tree = page.getByRole('table', { name: 'Locks' });
  const root = tree.getByRole('row', { name: /e2e-holder Idle in transaction/ });
  await expect(root).toBeVisible();
  await expect(tree.getByRole('row', { name: /e2e-waiter Waits for a lock an advisory lock/ })).toBeVisible();
  await expect(page.getByText(/\(e2e-holder\) holds up 1 other\./)).toBeVisible();
  await expectAccessible(page);

  await expect(rowOf(page, 'e2e-waiter')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText(/Waits for one session since/)).toBeVisible();
  await expect(sheet.locator('pre')).toContainText('pg_advisory_xact_lock');
  await expectAccessible(page);
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel query' })).toBeDisabled();
  const reason = `It waits for the night ${Date.now()}`;
  await page.keyboard.type(reason);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/The query of session \d+ is cancelled/)).toBeVisible();
  expect(await waiting).toBe('57014');
  await expect(page.getByText('Nobody waits for a lock')).toBeVisible();

  const auditor = await pageAs('auditor');
  await auditor.goto(`/security/audit-trail?action=activity:cancel&q=${encodeURIComponent(reason)}`);
  await auditor.getByRole('row', { name: /Cancelled query/ }).click();
  const entry = auditor.getByRole('complementary');
  await expect(entry.getByText(reason)).toBeVisible();
  await expect(entry.getByText('e2e-waiter')).toBeVisible();
  await expect(entry.getByText(/select pg_advisory_xact_lock/)).toBeVisible();
});

test('a session is ended, and one that has moved on in the meantime is not', async ({ page, signIn }) => {
  const idle = client('e2e-idle');
  await idle`select 1`;
  await signIn('db_operator');
  await page.goto('/database/activity?application=e2e-idle');
  await rowOf(page, 'e2e-idle').click();
  await page.keyboard.press('t');
  await page
    .getByRole('dialog')
    .getByLabel(/Reason/)
    .fill('nobody uses it');
  // The dialog stands for the session as it was when it was asked for.
  await idle`select 2`;
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await expect(page.getByText(/Nothing was done to session \d+/)).toBeVisible();
  await expect(page.getByText('It runs another query by now.')).toBeVisible();
  expect(await ending(idle`select 3`)).toBe('ok');

  await expect(page.getByRole('complementary').locator('pre')).toContainText('select 3');
  await page.keyboard.press('t');
  await page
    .getByRole('dialog')
    .getByLabel(/Reason/)
    .fill('nobody uses it');
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await expect(page.getByText(/Session \d+ has ended/)).toBeVisible();
  await expect(page.getByRole('complementary').getByText('This session has ended.')).toBeVisible();
});

test('pausing holds the page still; filters and the open session live in the URL', async ({
  page,
  signIn,
}) => {
  await client('e2e-first')`select 1`;
  await signIn('db_operator');
  await page.goto('/database/activity?role=vigil_worker&state=idle');
  await expect(rowOf(page, 'e2e-first')).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByText(/^paused at/)).toBeVisible();
  await client('e2e-second')`select 1`;
  await page.waitForTimeout(4000);
  await expect(rowOf(page, 'e2e-second')).toHaveCount(0);
  await page.keyboard.press('p');
  await expect(rowOf(page, 'e2e-second')).toBeVisible();
  await rowOf(page, 'e2e-second').click();
  await expect(page).toHaveURL(/role=vigil_worker.*open=\d+-/);
  await page.reload();
  await expect(page.getByRole('complementary').getByText('e2e-second').first()).toBeVisible();
});

test('an auditor looks and ends nothing; an analyst has no way in', async ({
  page,
  signIn,
  pageAs,
  complaints,
}) => {
  complaints.expect(/403/);
  await client('e2e-looked-at')`select 1`;
  await signIn('auditor');
  await page.goto('/database/activity?application=e2e-looked-at');
  await rowOf(page, 'e2e-looked-at').click();
  await expect(page.getByText('Your role may look, not end it.')).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const analyst = await pageAs('analyst');
  await analyst.goto('/database/activity');
  await expect(analyst.getByText('Not part of your role')).toBeVisible();
});

import type { Page } from '@playwright/test';
import { maintainerSql } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

const asOwner = async (statement: string): Promise<void> => {
  const sql = maintainerSql();
  await sql.begin(async (tx) => {
    await tx`set local role vigil_owner`;
    await tx.unsafe(statement);
  });
  await sql.end();
};
/** `2026-11` and `Nov 2026`, so many months before this one. */
const monthsAgo = (count: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
};
const words = (month: string): string => {
  const name = new Date(`${month}-01T00:00:00Z`).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
  return `${name} ${month.slice(0, 4)}`;
};
const online = /: (made, empty|has rows)/;
const timeline = (page: Page) => page.getByRole('region', { name: 'transactions over time' });
const cell = (page: Page, month: string, lane: 'High' | 'Low' = 'High') =>
  timeline(page).getByRole('button', { name: new RegExp(`^${words(month)}, ${lane} risk`) });
const asked = (page: Page) => page.getByRole('region', { name: /^Asked of the worker/ });
const done = (page: Page, what: string) =>
  expect(asked(page).getByRole('listitem').filter({ hasText: what }).first()).toContainText('Done', {
    timeout: 60_000,
  });

test('the operator sees a gap and what follows from it, and makes the partition', async ({
  page,
  signIn,
}) => {
  const month = monthsAgo(-2);
  // Nothing else is missing, and nobody closes the gap first.
  await asOwner(`select make_missing_partitions(null, null, true); insert into job_pauses (job_name, paused_by, reason) values ('ensure-partitions', 'test', 'a story')
    on conflict do nothing; drop table if exists transactions_y${month.replace('-', 'm')}_high_risk`);
  await signIn('db_operator');
  await page.goto('/database');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Storage' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Storage' })).toBeVisible();
  await expect(cell(page, month)).toHaveAccessibleName(/: missing/);
  await expect(cell(page, month, 'Low')).toHaveAccessibleName(/: made, empty/);
  const panel = page.getByRole('region', { name: 'Make the missing partitions' });
  await expect(panel.getByText(/payments scored High or Critical are refused \(422\)/)).toBeVisible();
  await expect(page.getByText('all but transactions')).toBeVisible();
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'SQL' }).click();
  await expect(panel.getByText(/ATTACH PARTITION/).first()).toBeVisible();
  const verb = /^Make \d+ partitions?$/;
  await panel.getByRole('button', { name: verb }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/payments go on meanwhile/)).toBeVisible();
  await dialog.getByRole('button', { name: verb }).click();
  await done(page, 'Make missing partitions');
  await expect(cell(page, month)).toHaveAccessibleName(/: made, empty/);
  await expect(panel.getByText('Every table has the partitions that it needs.')).toBeVisible();
  await asOwner(`delete from job_pauses where job_name = 'ensure-partitions'`);
});

test('past months are made for an import, one is archived with its consequences, and brought back', async ({
  page,
  pageAs,
  signIn,
}) => {
  const [first, month] = [monthsAgo(6), monthsAgo(5)];
  await signIn('db_operator');
  await page.goto('/database/storage');
  await page.getByRole('button', { name: 'For an import…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('From').fill(month);
  await dialog.getByLabel('To').fill(first);
  await dialog.getByRole('button', { name: 'Make partitions' }).click();
  await expect(dialog.getByText('This must not come before the first.')).toBeVisible();
  await dialog.getByLabel('From').fill(first);
  await dialog.getByLabel('To').fill(month);
  await dialog.getByRole('button', { name: 'Make partitions' }).click();
  await done(page, 'Make missing partitions');
  await expect(cell(page, month)).toHaveAccessibleName(online);

  await cell(page, month).click();
  const sheet = page.getByRole('complementary');
  await sheet.getByRole('button', { name: 'Archive…' }).click();
  await expect(
    dialog.getByText('Nothing is deleted or copied; searches and reports still read them.'),
  ).toBeVisible();
  const reason = `storage story ${Date.now()}`;
  await expect(dialog.getByRole('button', { name: 'Archive' })).toBeDisabled();
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'Archive' }).click();
  await done(page, `Archive ${words(month)}`);
  await expect(cell(page, month)).toHaveAccessibleName(/: archived/);
  await expect(sheet.getByText(/In the archive: readable/)).toBeVisible();

  await sheet.getByRole('button', { name: 'Bring back…' }).click();
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'Bring back' }).click();
  await done(page, `Bring ${words(month)} back`);
  await expect(cell(page, month)).toHaveAccessibleName(online);
  await expect(sheet.getByText(`“${reason}”`)).toBeVisible();
  await expectAccessible(page);

  const officer = await pageAs('security_officer');
  await officer.goto(`/security/audit-trail?q=${encodeURIComponent(reason)}`);
  await expect(officer.getByText('Archived month').first()).toBeVisible();
  await expect(officer.getByText('Brought month back').first()).toBeVisible();
});

test('a month is opened and walked by keyboard, held and released', async ({ page, signIn }) => {
  const month = monthsAgo(2);
  await signIn('db_operator');
  await page.goto('/database/storage');
  await cell(page, monthsAgo(0)).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(cell(page, month)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`open=${month}`));
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByRole('heading', { name: words(month) })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page).toHaveURL(new RegExp(`open=${monthsAgo(1)}`));
  await page.keyboard.press('k');
  await sheet.getByRole('button', { name: 'Hold…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Until').fill('2020-01-01');
  await dialog.getByLabel(/Reason/).fill('Late chargebacks');
  await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(dialog.getByText('This must lie ahead.')).toBeVisible();
  await dialog.getByLabel('Until').fill('');
  await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(sheet.getByText(/Held by Jonas Weber/)).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Next archive run' }).getByText(/held and stay/),
  ).toBeVisible();
  await sheet.getByRole('button', { name: 'Release…' }).click();
  await dialog.getByLabel(/Reason/).fill('All have come');
  await dialog.getByRole('button', { name: 'Release' }).click();
  await expect(sheet.getByText(/Held by/)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
});

test('an index is created, dropped because nobody reads it, and restored', async ({
  page,
  pageAs,
  signIn,
}) => {
  const name = 'merchants_first_seen_at_idx';
  await signIn('db_operator');
  await page.goto('/database/storage?tab=indexes');
  const table = page.getByRole('table', { name: 'Indexes' });
  await page.getByRole('button', { name: 'Create an index' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Table').first().click();
  await page.getByRole('option', { name: 'merchants', exact: true }).click();
  await dialog.getByLabel('Columns').first().click();
  await page.getByRole('option', { name: 'first_seen_at', exact: true }).click();
  await dialog.getByLabel(/Reason/).fill('New merchants are looked for');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await done(page, 'Create an index on');
  await page.goto(`/database/storage?tab=indexes&q=${name}&open=${name}`);
  await expect(table.getByRole('row', { name: new RegExp(name) })).toContainText('Never read');
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText(/Nobody has read it since the server counts/)).toBeVisible();
  await expectAccessible(page);
  await sheet.getByRole('button', { name: 'Drop…' }).click();
  const reason = `index story ${Date.now()}`;
  await expect(dialog.getByText(`DROP INDEX ${name}`)).toBeVisible();
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'Drop index' }).click();
  await done(page, `Drop ${name}`);
  await expect(table.getByText(name)).toHaveCount(0);
  await asked(page)
    .getByRole('listitem')
    .filter({ hasText: `Drop ${name}` })
    .getByRole('button', { name: 'Restore' })
    .click();
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await done(page, 'Restore');
  await expect(table.getByRole('row', { name: new RegExp(name) })).toBeVisible();
  const officer = await pageAs('security_officer');
  await officer.goto(`/security/audit-trail?q=${encodeURIComponent(reason)}`);
  await expect(officer.getByText('Dropped index').first()).toBeVisible();
  await expect(officer.getByText('Restored index').first()).toBeVisible();
  await asOwner(`drop index if exists ${name}`);
});

test('tables are listed with what they take, and sorted by it', async ({ page, signIn }) => {
  await signIn('db_operator');
  await page.goto('/database/storage?tab=tables');
  const table = page.getByRole('table', { name: 'Tables' });
  await expect(table.getByRole('row', { name: /^transactions / })).toContainText('partitioned');
  await table.getByRole('button', { name: 'Table' }).click();
  await expect(page).toHaveURL(/sort=-name/);
  await page.goto('/database/storage?tab=tables&q=no-such-table');
  await expect(page.getByText('Nothing matches')).toBeVisible();
});

test('an auditor looks and has no button that changes anything', async ({ page, signIn }) => {
  await signIn('auditor');
  await page.goto(`/database/storage?open=${monthsAgo(0)}`);
  await expect(page.getByRole('complementary').getByText(/have their place here/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^(Archive|Bring|Hold|For an import|Make \d)/ })).toHaveCount(
    0,
  );
  await page.goto('/database/storage?tab=indexes');
  await expect(page.getByRole('table', { name: 'Indexes' }).getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create an index' })).toHaveCount(0);
});

test('an analyst has no way to the storage', async ({ page, signIn, complaints }) => {
  complaints.expect(/403/);
  await signIn('analyst');
  await page.goto('/database/storage');
  await expect(page.getByText('Not part of your role')).toBeVisible();
});

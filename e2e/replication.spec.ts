import type { Page } from '@playwright/test';
import type postgres from 'postgres';
import { maintainerSql } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

const onStack = process.env.VIGIL_E2E_STACK_DIR !== undefined;
const slot = `e2e_${Date.now().toString(36)}`;

/** Slots are made by who may replicate: the owner, as whom the maintainer may act. */
const asOwner = async <T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = maintainerSql();
  try {
    await sql`set role vigil_owner`;
    return await run(sql);
  } finally {
    await sql.end();
  }
};
const slots = () =>
  asOwner((sql) => sql`select slot_name from pg_replication_slots where slot_name = ${slot}`);
test.afterEach(() =>
  asOwner(
    (sql) =>
      sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${slot}`,
  ),
);

const table = (page: Page, name: string) => page.getByRole('table', { name });

test('the operator sees who follows, or how to let somebody, and what is published', async ({
  page,
  signIn,
}) => {
  await signIn('db_operator');
  await page.goto('/database');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Replication' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Replication' })).toBeVisible();
  if (onStack) {
    const receivers = table(page, 'Receivers');
    await expect(receivers.getByRole('row', { name: /vigil_standby Standby .* Streaming/ })).toBeVisible();
    await expect(
      receivers.getByRole('row', { name: /fraud_analytics Subscriber .* Streaming/ }),
    ).toBeVisible();
    await expect(page.getByText('It keeps up: exports are read there')).toBeVisible();
    await table(page, 'Slots')
      .getByRole('row', { name: /vigil_standby/ })
      .click();
    const sheet = page.getByRole('complementary');
    await expect(sheet.getByText(/It is being read/)).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Drop slot' })).toHaveCount(0);
  } else {
    await expect(page.getByText('Nobody follows this server.')).toBeVisible();
    await expect(page.locator('pre', { hasText: 'pg_basebackup' })).toBeVisible();
    await expect(page.locator('pre', { hasText: 'npm run db:subscribe' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Receivers' })).toHaveCount(0);
    await expect(page.getByText('No standby is named for long reads')).toBeVisible();
  }
  for (const name of ['fraud_patterns', 'merchants', 'users'])
    await expect(
      table(page, 'Publication').getByRole('row', { name: new RegExp(`${name} – itself By a key`) }),
    ).toBeVisible();
  await expect(
    table(page, 'Publication').getByRole('row', { name: /transactions \d+ their root By a key/ }),
  ).toBeVisible();
  await expectAccessible(page);
});

test('a slot that nobody reads is found by its check and dropped by keyboard, with its name and a reason', async ({
  page,
  pageAs,
  signIn,
}) => {
  test.setTimeout(180_000);
  await asOwner((sql) => sql`select pg_create_physical_replication_slot(${slot}, true)`);
  await signIn('db_operator');
  await page.goto('/database?check=inactiveSlots');
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByText(/Checked again:/)).toBeVisible();
  const check = page.locator('details', { hasText: 'Unread slots' });
  await expect(check).toContainText(slot);
  await check.getByRole('link', { name: /Replication/ }).click();
  await expect(page).toHaveURL(/\/database\/replication/);

  await expect(
    page.getByRole('region', { name: 'Checks' }).locator('details', { hasText: 'Unread slots' }),
  ).toContainText('Warning');
  await table(page, 'Slots')
    .getByRole('row', { name: new RegExp(slot) })
    .click();
  await expect(page).toHaveURL(new RegExp(`open=${slot}`));
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText(/Nobody reads it, and it keeps/)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog', { name: `Drop the slot ${slot}?` });
  const verb = dialog.getByRole('button', { name: 'Drop slot' });
  await expect(dialog.getByLabel(/Type .* to confirm/)).toBeFocused();
  await page.keyboard.type(slot.slice(0, -1));
  await page.keyboard.press('Tab');
  const reason = `Its standby was scrapped ${Date.now()}`;
  await page.keyboard.type(reason);
  await expect(verb).toBeDisabled();
  await dialog.getByLabel(/Type .* to confirm/).fill(slot);
  await expectAccessible(page);
  await verb.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(`The slot ${slot} is dropped`)).toBeVisible();
  expect(await slots()).toHaveLength(0);

  const auditor = await pageAs('auditor');
  await auditor.goto(`/security/audit-trail?action=slot:drop&q=${encodeURIComponent(reason)}`);
  await auditor.getByRole('row', { name: /Dropped slot/ }).click();
  await expect(auditor.getByRole('complementary').getByText(reason)).toBeVisible();
});

test('a slot that has moved on while the dialog stood is not dropped', async ({ page, signIn }) => {
  await asOwner((sql) => sql`select pg_create_logical_replication_slot(${slot}, 'pgoutput')`);
  await signIn('db_operator');
  await page.goto(`/database/replication?open=${slot}`);
  await page.getByRole('complementary').getByRole('button', { name: 'Drop slot' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Type .* to confirm/).fill(slot);
  await dialog.getByLabel(/Reason/).fill('nobody needs it');
  // Its reader comes back, reads and goes again.
  await asOwner(async (sql) => {
    await sql`select pg_logical_emit_message(true, 'e2e', 'x')`;
    await sql`select pg_replication_slot_advance(${slot}, pg_current_wal_lsn())`;
  });
  await dialog.getByRole('button', { name: 'Drop slot' }).click();
  await expect(page.getByText('It has moved on since: somebody has read it.')).toBeVisible();
  expect(await slots()).toHaveLength(1);
});

test('an auditor looks and drops nothing; an analyst has no way in', async ({
  page,
  signIn,
  pageAs,
  complaints,
}) => {
  complaints.expect(/403/);
  await asOwner((sql) => sql`select pg_create_physical_replication_slot(${slot}, true)`);
  await signIn('auditor');
  await page.goto(`/database/replication?open=${slot}`);
  await expect(page.getByText('Your role may look, not drop it.')).toBeVisible();
  await page.keyboard.press('d');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const analyst = await pageAs('analyst');
  await analyst.goto('/database/replication');
  await expect(analyst.getByText('Not part of your role')).toBeVisible();
});

import { catalogue } from '@/domain/jobs/catalogue';
import { maintainerSql } from './database-login';
import { expect, expectAccessible, test } from './fixtures';

const every = Object.keys(catalogue).sort();

test('the operator sees every job, what it is for, when it runs, and how old the view is', async ({
  page,
  signIn,
}) => {
  await signIn('db_operator');
  await page.goto('/database');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Jobs' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible();
  const table = page.getByRole('table', { name: 'Jobs' });
  for (const name of every)
    await expect(table.getByRole('row', { name: new RegExp(`^${name}`) })).toBeVisible();
  await expect(table.getByRole('row', { name: /sample-health .* OK .* every minute/ })).toBeVisible({
    timeout: 70_000,
  });
  const view = page.getByRole('region', { name: /mv_fraud_dashboard_realtime/ });
  await expect(view.getByText('Warning from 11 min')).toBeVisible();
  await expect(view.getByText(/ old$/)).toBeVisible();
  await expectAccessible(page);

  await page.goto('/database/jobs?q=payments+of+the+ingest');
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.goto('/database/jobs?state=paused');
  await expect(page.getByText('No job matches')).toBeVisible();
});

test('a run that a person asks for begins at once, by keyboard too', async ({ page, signIn }) => {
  await signIn('db_operator');
  await page.goto('/database/jobs');
  const table = page.getByRole('table', { name: 'Jobs' });
  await expect(table.getByRole('row', { name: /^roll-up-metrics/ })).toBeVisible();
  // By keyboard: down to the job, open it, run it.
  for (let i = 0; i <= every.indexOf('roll-up-metrics'); i += 1) await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=roll-up-metrics/);
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByText('Keeps the mean, lowest and highest value')).toBeVisible();
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: 'Run roll-up-metrics now?' });
  await dialog.getByRole('button', { name: 'Run now' }).click();
  await expect(page.getByText('roll-up-metrics is asked for')).toBeVisible();
  const run = sheet.getByRole('listitem').filter({ hasText: 'Jonas Weber' });
  await expect(run).toContainText('OK', { timeout: 15_000 });
  await expectAccessible(page);
});

test('a run that fails says why, in the list and in its sheet', async ({ page, signIn }) => {
  await signIn('db_operator');
  await page.goto('/database/jobs?open=prune-query-stats');
  const sheet = page.getByRole('complementary');
  const sql = maintainerSql();
  // Somebody holds what the job needs: it gives up after three seconds.
  await sql.begin(async (tx) => {
    await tx`set local role vigil_owner`;
    await tx`lock table query_stats in exclusive mode`;
    await sheet.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await expect(sheet.getByRole('alert')).toContainText('canceling statement due to lock timeout', {
      timeout: 20_000,
    });
  });
  await sql.end();
  const row = page.getByRole('table', { name: 'Jobs' }).getByRole('row', { name: /^prune-query-stats/ });
  await expect(row).toContainText('Failed');
  await sheet.getByLabel('Which runs').click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/run=failed/);
  await expect(sheet.getByRole('listitem').first()).toContainText('Jonas Weber');
  await page.goto('/database/jobs?state=failed');
  await expect(row).toBeVisible();
});

test('a job is paused with a reason, says so, and is resumed', async ({ page, signIn }) => {
  await signIn('db_operator');
  await page.goto('/database/jobs?open=analyze-partitioned');
  const sheet = page.getByRole('complementary');
  await sheet.getByRole('button', { name: 'Pause' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause analyze-partitioned?' });
  await expect(dialog.getByText('Plans over whole partitioned tables may grow worse.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Pause' })).toBeDisabled();
  await dialog.getByLabel(/Reason/).fill('A long import is going on');
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await expect(sheet.getByText(/Paused by Jonas Weber/)).toBeVisible();
  const row = page.getByRole('table', { name: 'Jobs' }).getByRole('row', { name: /^analyze-partitioned/ });
  await expect(row).toContainText('Paused');
  await expect(row).toContainText('paused');
  await expectAccessible(page);
  await sheet.getByRole('button', { name: 'Resume' }).click();
  const resume = page.getByRole('dialog', { name: 'Resume analyze-partitioned?' });
  await resume.getByLabel(/Reason/).fill('The import is done');
  await resume.getByRole('button', { name: 'Resume' }).click();
  await expect(sheet.getByText(/Paused by/)).toHaveCount(0);
  await expect(row).not.toContainText('Paused');
});

test('an auditor looks and changes nothing', async ({ page, signIn }) => {
  await signIn('auditor');
  await page.goto('/database/jobs?open=daily-reports');
  // Whether it has run yet or not.
  const runs = page.getByRole('complementary').getByRole('region', { name: 'Runs', exact: true });
  await expect(runs.getByText(/^OK|It has not run yet/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run now' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0);
});

test('an analyst has no way to the jobs', async ({ page, signIn, complaints }) => {
  complaints.expect(/403/);
  await signIn('analyst');
  await page.goto('/database/jobs');
  await expect(page.getByText('Not part of your role')).toBeVisible();
});

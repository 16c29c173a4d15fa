import { credentials, expect, expectAccessible, payment, test } from './fixtures';

const name = `Shop ${Date.now().toString(36)}`;

test('an officer creates a key, sees it once, it works, and is revoked within a second', async ({
  page,
  signIn,
  request,
}) => {
  await signIn('security_officer');
  await page.goto('/security/api-keys');
  await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Create key' }).click();
  const form = page.getByRole('dialog', { name: 'Create an API key' });
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Reading').check();
  await form.getByRole('button', { name: 'Create key' }).click();

  const shown = page.getByRole('dialog', { name: `Key for ${name}` });
  const key = await shown.getByLabel('Key', { exact: true }).inputValue();
  expect(key).toMatch(/^vgl_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(shown).toHaveCount(0);
  await expect(page.getByRole('row', { name: new RegExp(name) })).toBeVisible();
  expect(await page.content()).not.toContain(key.slice(13));

  const send = () =>
    request.post(`${credentials().ingest}/api/v1/transactions`, {
      headers: { authorization: `Bearer ${key}` },
      data: payment(),
    });
  expect((await send()).status()).toBe(200);

  await page.getByRole('row', { name: new RegExp(name) }).click();
  const sheet = page.getByRole('complementary', { name });
  await expect(sheet.getByText('belongs to')).toBeVisible();
  await expectAccessible(page);
  await sheet.getByRole('button', { name: 'Change' }).click();
  const change = page.getByRole('dialog', { name: `Change ${name}` });
  await change.getByLabel('Rate').fill('5');
  await change.getByLabel('Reason').fill('a quiet shop');
  await change.getByRole('button', { name: 'Change key' }).click();
  await expect(sheet.getByText('5/s')).toBeVisible();

  await sheet.getByRole('button', { name: 'Revoke' }).click();
  const revoke = page.getByRole('dialog', { name: `Revoke ${name}?` });
  await expect(revoke.getByText('refused within a second')).toBeVisible();
  await expect(revoke.getByRole('button', { name: 'Revoke key' })).toBeDisabled();
  await revoke.getByLabel('Reason').fill('the shop has closed');
  await revoke.getByRole('button', { name: 'Revoke key' }).click();
  await expect(sheet.getByText('Revoked', { exact: true })).toBeVisible();
  await expect.poll(async () => (await send()).status(), { timeout: 2000 }).toBe(401);
});

test('an auditor reads keys and changes none', async ({ page, signIn }) => {
  await signIn('auditor');
  await page.goto('/security/api-keys?show=all');
  await expect(page.getByRole('row', { name: /Demo payments/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create key' })).toHaveCount(0);
});

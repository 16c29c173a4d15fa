import { credentials, expect, expectAccessible, personOf, test } from './fixtures';
import { act, actions, ask, cookieOf, signInOver, web } from './http';

test('signing in by keyboard: a refusal says the same for everybody, then the page one came for', async ({
  page,
  complaints,
}) => {
  complaints.expect(/401/);
  const { email, password } = personOf('senior_analyst');
  await page.goto('/account');
  await expect(page).toHaveURL(/\/login\?next=%2Faccount/);
  await expect(page.getByLabel('Email')).toBeFocused();
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'That did not work.' })).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByText(email).first()).toBeVisible();
  await page.getByTitle('Your account').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto('/account');
  await expect(page).toHaveURL(/\/login\?next=/);
});

test('own sessions: another browser is ended from here; the password is changed and the others are out', async ({
  page,
}) => {
  // A person of its own: the demo accounts keep their passwords.
  const officer = { cookie: await cookieOf('security_officer'), origin: web() };
  const named = (name: string) => actions().find((action) => action.name === name)!;
  const email = `own-${Date.now().toString(36)}@example.org`;
  const [first, second] = ['quiet rivers carry stones', 'stones carry quiet rivers'] as const;
  const made = await (
    await act(named('createPersonAction'), { email, name: 'Own Account', role: 'analyst' }, officer)
  ).text();
  const token = made.match(/"token":"([\w-]{43})"/)?.[1];
  await act(named('setPasswordAction'), { token, password: first }, { origin: web() });
  const elsewhere = (await signInOver(email, first)).cookie;
  const thirdPlace = (await signInOver(email, first)).cookie;

  await page.goto(`${credentials().web}/login?next=%2Faccount`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(first);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Account' })).toBeVisible();
  const table = page.getByRole('table', { name: 'Where you are signed in' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByText('this one')).toHaveCount(1);
  await expectAccessible(page);
  await table
    .getByRole('button', { name: /^End the session/ })
    .first()
    .click();
  await expect(table.getByRole('row')).toHaveCount(3);
  const statuses = async () =>
    Promise.all([elsewhere, thirdPlace].map(async (cookie) => (await ask('/account', { cookie })).status));
  expect((await statuses()).sort()).toEqual([200, 307]);

  const fill = async (current: string, next: string, repeat = next) => {
    await page.getByLabel('Present password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password again').fill(repeat);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await fill(first, second, 'something else entirely');
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await fill('not my password', second);
  await expect(page.getByText('This is not your present password.')).toBeVisible();
  await fill(first, second);
  await expect(page.getByText('Your password is changed')).toBeVisible();
  expect(await statuses()).toEqual([307, 307]);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Account' })).toBeVisible();
  expect((await signInOver(email, first)).answer.status).toBe(401);
  expect((await signInOver(email, second)).answer.status).toBe(200);
});

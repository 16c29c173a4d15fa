import { expect, pay, personOf, test } from './fixtures';

test('a payment sent with the API key is on the open overview within two seconds', async ({
  page,
  request,
  signIn,
}) => {
  await signIn('analyst');
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // The stream must be open before the payment is sent.
  await page.waitForTimeout(1_500);
  const merchant = `first-day-${Date.now().toString(36)}`;
  const answer = await pay(request, { merchant_id: merchant, amount: '12.34' });
  expect(answer).toMatchObject({ decision: expect.stringMatching(/^(ALLOW|REVIEW|BLOCK)$/) });
  await expect(page.getByText(merchant).first()).toBeVisible({ timeout: 2_000 });
});

test('the same payment again gets the same answer, another body under its id is refused', async ({
  request,
}) => {
  const body = {
    transaction_id: `again-${Date.now()}`,
    transaction_timestamp: new Date().toISOString(),
    user_id: 'u-1',
  };
  const first = await pay(request, body);
  expect(await pay(request, body)).toEqual(first);
  await pay(request, { ...body, amount: '99.00' }, 409);
});

test('every role signs in and sees a page of its own name', async ({ pageAs }) => {
  test.slow();
  const roles = [
    'analyst',
    'senior_analyst',
    'security_officer',
    'db_operator',
    'data_scientist',
    'auditor',
    'admin',
  ] as const;
  for (const role of roles) {
    const page = await pageAs(role);
    await page.goto('/account');
    await expect(page.getByText(personOf(role).email).first()).toBeVisible();
    await page.context().close();
  }
});

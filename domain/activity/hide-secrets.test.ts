import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, withoutSecrets } from './hide-secrets';

describe('passwords are cut out of statements', () => {
  test.each([
    ["alter role x password 'hunter2'", "alter role x password '…'"],
    [
      "CREATE USER x WITH ENCRYPTED PASSWORD 'it''s hunter2' LOGIN",
      "CREATE USER x WITH ENCRYPTED PASSWORD '…' LOGIN",
    ],
    [String.raw`alter role x password E'a\'hunter2'`, "alter role x password '…'"],
    [
      "alter role x password $q$hunter2$q$ valid until 'infinity'",
      "alter role x password '…' valid until 'infinity'",
    ],
    ["alter role x password U&'hunter2'", "alter role x password '…'"],
    // The server shows the first kilobyte of a statement: the literal's end may be gone.
    ["alter role x password 'hunter2", "alter role x password '…'"],
    ['alter role x password $$hunter2', "alter role x password '…'"],
    [
      "create user mapping for a server b options (user 'c', password 'hunter2')",
      "create user mapping for a server b options (user 'c', password '…')",
    ],
    ["select f(password => 'hunter2')", "select f(password => '…')"],
    [
      "create subscription s connection 'host=h password=hunter2 user=u' publication p",
      "create subscription s connection 'host=h password=… user=u' publication p",
    ],
    [
      "create subscription s connection 'password=''a hunter2'' user=u' publication p",
      "create subscription s connection 'password=… user=u' publication p",
    ],
    ["execute 'alter role x password ''hunter2'''", "execute 'alter role x password …'"],
    ["set session vigil.password to 'hunter2'", "set session vigil.password to '…'"],
    [
      String.raw`select dblink_connect(E'host=h password=\'hunter 2\'')`,
      "select dblink_connect(E'host=h password=…')",
    ],
    ["select dblink('postgres://u:hunter2@h/db')", "select dblink('postgres://u:…@h/db')"],
    ["update t set password = 'hunter2' where id = 1", "update t set password = '…' where id = 1"],
    ['insert into t ("password") values ($1)', 'insert into t ("password") values ($1)'],
    [
      'select password_hash, password from t where a = $1',
      'select password_hash, password from t where a = $1',
    ],
    ['alter role x password null', 'alter role x password null'],
  ])('%s', (text, shown) => {
    const cut = withoutSecrets(text);
    expect(cut).toBe(shown);
    expect(cut).not.toContain('hunter');
  });

  test('whatever the password is, and wherever the text is cut off', () => {
    const password = fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom(...'abc123$%_- ') });
    fc.assert(
      fc.property(password, fc.integer({ min: 0, max: 60 }), (secret, end) => {
        const marked = `#${secret}#`;
        const text = `alter role x login password '${marked}' valid until 'infinity'`.slice(0, 28 + end);
        expect(withoutSecrets(text)).not.toContain('#');
      }),
    );
  });
});

test('a long text ends with a sign that it goes on', () => {
  expect(cutText('select 1', 8)).toBe('select 1');
  expect(cutText('select 12', 8)).toBe('select …');
});

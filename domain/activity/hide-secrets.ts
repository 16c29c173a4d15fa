/** A literal as SQL writes it: '…' with '' inside (or E'…' with \'), $tag$…$tag$; also one whose end was cut off. */
const literal = String.raw`(?:[eE]'(?:[^'\\]|\\.|'')*(?:'|$)|(?:[uU]&)?'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\2\$|$))`;

/** `PASSWORD '…'` as in CREATE ROLE and in options of user mappings; also `password = '…'`. */
const passwords = new RegExp(String.raw`(\bpassword"?\s*(?:=>|:=|=|to\b)?\s*)${literal}`, 'gi');

/** The same inside a literal, as in a connection string or a function's body: the quotes are doubled there. */
const doubled = /(\bpassword"?\s*(?:=>|:=|=|to\b)?\s*)''[^']+(?:''|$)/gi;

/** `password=…` inside a connection string, bare or with \'. */
const connections = /(\bpassword\s*=\s*)(?!['$]|>)(?:\\'[\s\S]*?(?:\\'|$)|[^\s'"&;),]+)/gi;

/** `postgres://name:…@host`. */
const addresses = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*:)[^\s@'"]*(@|$)/gi;

/**
 * The text of a statement as it may be shown and kept: values of passwords are cut out. What the server shows of a
 * running statement is the text as it was sent, its constants included.
 */
export const withoutSecrets = (text: string): string =>
  text
    .replace(doubled, '$1…')
    .replace(passwords, "$1'…'")
    .replace(connections, '$1…')
    .replace(addresses, '$1…$2');

/** At most `length` characters of it. */
export const cutText = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

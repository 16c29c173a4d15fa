import { Fragment } from 'react';
import styles from './query-text.module.css';

/** The text of a query on one line, at most `length` characters. */
export function oneLine(text: string, length = 400): string {
  const line = text
    .replace(/\/\*.*?\*\//gs, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

const words =
  /\b(select|from|where|and|or|not|in|is|null|join|left|lateral|cross|on|group|by|order|limit|with|as|insert|into|values|update|set|delete|returning|refresh|materialized|view|concurrently|create|alter|drop|table|index|grant|to|case|when|then|else|end|union|all|distinct|having|over|partition|filter|exists|begin|commit|rollback|desc|asc|conflict|do)\b|(\$\d+)|('(?:[^']|'')*')/gi;

/** The text of a query with its keywords and parameters marked; colour is no more than a help to the eye. */
export function QueryText({ text }: { text: string }) {
  const parts: { text: string; kind?: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(words)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: match[0], kind: match[2] ? 'parameter' : match[3] ? 'text' : 'word' });
    end = match.index + match[0].length;
  }
  parts.push({ text: text.slice(end) });
  return parts.map((part, i) =>
    part.kind ? (
      <span key={i} className={styles.token} data-kind={part.kind}>
        {part.text}
      </span>
    ) : (
      <Fragment key={i}>{part.text}</Fragment>
    ),
  );
}

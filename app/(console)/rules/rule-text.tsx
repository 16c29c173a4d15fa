import type { Condition } from '@/domain/rules/conditions';
import { conditionText } from '@/domain/rules/text';
import styles from './rules.module.css';

const tokens =
  /('(?:[^']|'')*')|(\b(?:and|or|not|in|is|between|missing|present)\b|[<>=!]+|\*)|(-?\b\d[\d.e+-]*\b)/g;

/** A line of rule text in pieces: text, word or sign, number, string. */
function pieces(line: string): { text: string; kind?: 'word' | 'number' | 'string' }[] {
  const out: { text: string; kind?: 'word' | 'number' | 'string' }[] = [];
  let at = 0;
  for (const match of line.matchAll(tokens)) {
    // Digits inside a field name (`card.count_10m`) are no number.
    if (match[3] && /[\w.]/.test(line[match.index - 1] ?? ' ')) continue;
    if (match.index > at) out.push({ text: line.slice(at, match.index) });
    out.push({ text: match[0], kind: match[1] ? 'string' : match[2] ? 'word' : 'number' });
    at = match.index + match[0].length;
  }
  if (at < line.length) out.push({ text: line.slice(at) });
  return out;
}

/** The condition as text with line numbers. */
export function RuleText({ condition, label }: { condition: Condition; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.text} aria-label={label} tabIndex={0}>
      <pre>
        <code>
          {conditionText(condition)
            .split('\n')
            .map((line, i) => (
              <span key={i} className={styles.line}>
                {pieces(line).map((piece, j) => (
                  <span key={j} data-kind={piece.kind}>
                    {piece.text}
                  </span>
                ))}
              </span>
            ))}
        </code>
      </pre>
    </section>
  );
}

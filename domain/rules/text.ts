import type { Comparison, Condition, LeafCondition, Literal } from './conditions';

const signs: Record<Comparison, string> = { eq: '=', ne: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

const literal = (value: Literal): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

function leaf(c: LeafCondition): string {
  if (c.op === 'missing') return `${c.field} is missing`;
  if (c.op === 'present') return `${c.field} is present`;
  if (c.op === 'in' || c.op === 'notIn')
    return `${c.field} ${c.op === 'in' ? 'in' : 'not in'} (${c.values.map(literal).join(', ')})`;
  if (c.op === 'between') return `${c.field} between ${c.low} and ${c.high}`;
  if (!c.than) return `${c.field} ${signs[c.op]} ${literal(c.value!)}`;
  const times = c.than.times === undefined || c.than.times === 1 ? '' : `${c.than.times} * `;
  return `${c.field} ${signs[c.op]} ${times}${c.than.field}`;
}

function lines(c: Condition): string[] {
  if (c.op === 'not') {
    const inner = lines(c.condition);
    return wrap('not (', inner, ')');
  }
  if (c.op !== 'all' && c.op !== 'any') return [leaf(c)];
  const word = c.op === 'all' ? 'and ' : 'or ';
  return c.conditions.flatMap((child, i) => {
    const group = (child.op === 'all' || child.op === 'any') && child.conditions.length > 1;
    const inner = group && c.conditions.length > 1 ? wrap('(', lines(child), ')') : lines(child);
    return i === 0 ? inner : wrap(word, inner, '');
  });
}

/** Puts `open` before the first line, indents the others below it, and ends with `close`. */
function wrap(open: string, inner: string[], close: string): string[] {
  const indent = ' '.repeat(open.length);
  const out = inner.map((line, i) => (i === 0 ? open : indent) + line);
  out[out.length - 1] += close;
  return out;
}

/** A condition as text, one test a line, for reading, copying and diffs: `card.count_10m >= 3`, `and channel = 'web'`. */
export const conditionText = (condition: Condition): string => lines(condition).join('\n');

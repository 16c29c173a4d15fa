/** Rows by the field that the URL names (`bytes`, `-bytes`); by one that no row has they stay as they are. */
export const sortRows = <Row extends object>(rows: readonly Row[], sort: string): Row[] => {
  const down = sort.startsWith('-');
  const field = (down ? sort.slice(1) : sort) as keyof Row;
  const compare = (a: Row, b: Row): number => {
    const [left, right] = [a[field], b[field]];
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left ?? '').localeCompare(String(right ?? ''), 'en');
  };
  return [...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
};

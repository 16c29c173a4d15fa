import { notFound } from 'next/navigation';

/** The number in `/rules/7` (also `R-007`); anything else is no page. */
export function ruleIdOf(text: string): number {
  const match = /^(?:R-)?0*([1-9]\d{0,8})$/i.exec(decodeURIComponent(text));
  return match ? Number(match[1]) : notFound();
}

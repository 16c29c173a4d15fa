import { formatTime } from '@/components/format';
import type { Day, Period } from '@/domain/reports/period';

/** `24 Nov 2026`: a UTC day is called so wherever the viewer is. */
export const dayWords = (day: Day): string => formatTime(`${day}T00:00:00Z`, 'UTC', 'date');

/** `26 Oct – 24 Nov 2026`. */
export function periodWords({ from, to }: Period): string {
  if (from === to) return dayWords(from);
  const [day, month, year] = dayWords(from).split(' ');
  const end = dayWords(to);
  return `${day} ${month}${end.endsWith(` ${year}`) ? '' : ` ${year}`} – ${end}`;
}

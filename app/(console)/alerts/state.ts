import type { AlertRow } from '@/domain/alerts/rows';

/** The badge of an alert: its verdict, or escalated, claimed (by anybody), open. */
export const stateOf = (row: AlertRow): string => {
  if (row.disposition) return row.disposition;
  if (row.status === 'escalated') return 'escalated';
  return row.holderId ? 'claimed' : 'open';
};

import type { AlertList } from '@/domain/alerts/queries';
import type { AlertRow } from '@/domain/alerts/rows';

/** Rows shown of an attack before it is opened. */
export const attackPreview = 5;

export type QueueGroup = {
  key: string;
  /** Null for the rest of the queue. */
  merchant: string | null;
  count: number;
  rows: AlertRow[];
  /** Rows of the group that are folded away. */
  hidden: number;
};

/**
 * The queue as it stands on the screen: merchants under attack first (five rows until opened), then the rest in its
 * order. `gone` are alerts just decided here, which the next reading will not bring any more.
 */
export const queueGroups = (
  list: AlertList,
  opened: ReadonlySet<string>,
  gone: ReadonlySet<number>,
): QueueGroup[] => {
  const attacked = new Set(list.attacks.flatMap((attack) => attack.rows.map((row) => row.id)));
  const groups = list.attacks.map((attack): QueueGroup => {
    const rows = attack.rows.filter((row) => !gone.has(row.id));
    const count = attack.count - (attack.rows.length - rows.length);
    const shown = opened.has(attack.merchantId) ? rows : rows.slice(0, attackPreview);
    return {
      key: attack.merchantId,
      merchant: attack.merchantName ?? attack.merchantId,
      count,
      rows: shown,
      hidden: rows.length - shown.length,
    };
  });
  const rows = list.rows.filter((row) => !attacked.has(row.id) && !gone.has(row.id));
  const grouped = list.attacks.reduce((sum, attack) => sum + attack.count, 0);
  const left = [...gone].filter((id) => list.rows.some((row) => row.id === id)).length;
  const count = Math.max(rows.length, list.counts.matching - grouped - left);
  return [
    ...groups.filter((group) => group.rows.length > 0),
    { key: '', merchant: null, count, rows, hidden: 0 },
  ];
};

/** The alert to go to when this one leaves: the one after it, else the one before. */
export const neighbour = (rows: readonly AlertRow[], id: number): number | null => {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return rows[0]?.id ?? null;
  return (rows[at + 1] ?? rows[at - 1])?.id ?? null;
};

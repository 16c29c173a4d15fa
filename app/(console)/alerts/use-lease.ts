'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { AlertRow } from '@/domain/alerts/rows';
import { claimAlertAction, releaseAlertAction } from './actions';

/** Leafing through the queue must not claim what is only passed. */
const settleMs = 350;

/** What this person has of the open alert: `held` until `until` (null: without an end), or who has it instead. */
export type Lease =
  | { state: 'none' }
  | { state: 'claiming' }
  | { state: 'held'; until: string | null }
  | { state: 'refused'; name: string; until: string | null };

type Claimable = Pick<AlertRow, 'id' | 'status' | 'holderId' | 'leaseUntil'>;

/**
 * Claims the open alert once it has stayed open for a moment, and gives it back when it is left undecided.
 * `settled(id)` says that a verdict has been given, so that nothing is given back.
 */
export function useLease(alert: Claimable | undefined, me: string, mayClaim: boolean) {
  const [lease, setLease] = useState<Lease>({ state: 'none' });
  const held = useRef<number | null>(null);
  const shown = useRef<number | undefined>(undefined);
  const decided = useRef(new Set<number>());
  const id = alert?.id;
  const free =
    alert !== undefined && alert.status !== 'decided' && (alert.holderId === null || alert.holderId === me);

  const claim = useCallback(async (wanted: number) => {
    const result = await claimAlertAction({ id: wanted }).catch(() => null);
    // The answer may come after the person has gone on: then the alert goes back, unless it is decided.
    if (shown.current !== wanted) {
      if (result?.ok && !decided.current.has(wanted))
        void releaseAlertAction({ id: wanted }).catch(() => null);
      return;
    }
    if (result?.ok) {
      held.current = wanted;
      setLease({ state: 'held', until: result.value.leaseUntil });
    } else if (result?.error.code === 'locked') {
      const { name, until } = result.error.values ?? {};
      setLease({ state: 'refused', name: String(name ?? ''), until: until ? String(until) : null });
    } else setLease({ state: 'none' });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another alert starts over; news of this one must not claim again
  useEffect(() => {
    shown.current = id;
    if (id !== undefined) decided.current.delete(id);
    const claiming = id !== undefined && mayClaim && free;
    setLease({ state: claiming ? 'claiming' : 'none' });
    if (!claiming) return;
    const timer = setTimeout(() => void claim(id), settleMs);
    return () => {
      clearTimeout(timer);
      if (held.current === id) {
        held.current = null;
        void releaseAlertAction({ id }).catch(() => null);
      }
    };
  }, [id, mayClaim]);

  return {
    lease,
    claim,
    /** A verdict ends the lease by itself. */
    settled: (done: number) => {
      decided.current.add(done);
      if (held.current === done) held.current = null;
    },
  };
}

import type { MaintenanceProgress } from '@/domain/maintenance/kinds';
import type { MaintenanceSession } from './session';

/** What a request is carried out with. */
export type Work = {
  session: MaintenanceSession;
  /** The id of the person who asked. */
  requestedBy: string;
  /** Tells how far it is; what is left out stays as it was. */
  progress(change: Partial<MaintenanceProgress>): Promise<void>;
  /** So many parts more are done. */
  advance(parts?: number): Promise<void>;
  /** What an earlier attempt has kept, and the way to keep it: what could not be found out again afterwards. */
  kept: Record<string, unknown> | null;
  keep(result: Record<string, unknown>): Promise<void>;
};

import type { IndexRow } from './indexes';
import type { IndexView } from './input';

/** Smaller ones are not worth a thought. */
const smallestBytes = 32_768;

/** What each view of the list holds. */
export const inView = (index: IndexRow, view: IndexView): boolean => {
  switch (view) {
    case 'unused':
      return index.unused && index.bytes >= smallestBytes;
    case 'duplicate':
      return index.duplicateOf !== null || index.coveredBy !== null;
    case 'invalid':
      return index.invalid || index.building;
    case 'all':
      return true;
  }
};

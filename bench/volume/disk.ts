import { statfsSync } from 'node:fs';

/** Measured at 1 M and 10 M payments: tables and indexes with embeddings of six months, and the log meanwhile. */
const bytesAPayment = 2_600;
const bytesAround = 1_500_000_000;
/** What must stay free for everything else on the machine. */
const reserve = 5_000_000_000;

const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Refuses in words when a fill of so many payments would not fit. @throws Error */
export const checkDisk = (dir: string, payments: number, free = freeBytes(dir)): void => {
  const needed = payments * bytesAPayment + bytesAround + reserve;
  if (free < needed)
    throw new Error(
      `${dir} has ${gb(free)} free; ${payments.toLocaleString('en')} payments need ${gb(needed)}, ${gb(reserve)} of them to stay free. ` +
        'Ask for fewer --rows or name another --dir.',
    );
};

const freeBytes = (dir: string): number => {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
};

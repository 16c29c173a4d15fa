const everyMs = process.stdout.isTTY ? 200 : 5_000;

export const bytesText = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;

/** Tells how far the work is, on one line of a terminal, or now and then on lines of its own. */
export const progressLine = () => {
  let told = Date.now();
  let open = false;
  return {
    tell(what: string, share: number | null): void {
      if (Date.now() - told < everyMs) return;
      told = Date.now();
      const text = `· ${share === null ? '' : `${Math.floor(share * 100)} % `}${what}`;
      process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
      open = process.stdout.isTTY ?? false;
    },
    done(): void {
      if (open) process.stdout.write('\r\x1b[K');
      open = false;
    },
  };
};

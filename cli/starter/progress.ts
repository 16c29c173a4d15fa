/** One line a step, with its time once it took long enough to matter. No colour codes: the output is read by programs too. */
export async function step<T>(
  name: string,
  run: () => Promise<T> | T,
  done?: (value: T) => string,
): Promise<T> {
  const began = Date.now();
  const value = await run();
  const seconds = (Date.now() - began) / 1000;
  const result = done ? done(value) : 'done';
  say(`· ${name}: ${result}${seconds >= 0.5 ? ` (${seconds.toFixed(1)} s)` : ''}`);
  return value;
}

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);
export const warn = (line: string): void => void process.stderr.write(`${line}\n`);

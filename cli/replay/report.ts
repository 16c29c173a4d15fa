import type { Counts, Sender } from './sender';

const listed = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const seconds = (ms: number): string =>
  ms < 90_000 ? `${(ms / 1000).toFixed(0)} s` : `${(ms / 60_000).toFixed(0)} min`;

/** One line that says how far it is. */
export const progressLine = (counts: Counts, elapsedMs: number, trouble: string | null): string => {
  const answered = Object.values(counts.decisions).reduce((sum, count) => sum + count, 0);
  const parts = [
    `${counts.sent} sent`,
    `${answered} decided${answered > 0 ? ` (${listed(counts.decisions)})` : ''}`,
    Object.keys(counts.refused).length > 0 ? `refused: ${listed(counts.refused)}` : '',
    `${(counts.sent / Math.max(1, elapsedMs / 1000)).toFixed(1)}/s over ${seconds(elapsedMs)}`,
    trouble ? `waiting: ingest ${trouble}` : '',
  ];
  return parts.filter(Boolean).join(' · ');
};

/** What to know at the end. */
export const lastLines = (counts: Counts, elapsedMs: number): string[] => {
  const lines = [progressLine(counts, elapsedMs, null)];
  if (counts.again > 0) lines.push(`${counts.again} times a payment had to be sent again`);
  if (counts.lastRefusal) lines.push(`last refusal: ${counts.lastRefusal}`);
  if (counts.refused[409]) lines.push('409: these ids were sent before; choose another --prefix');
  return lines;
};

/** Shows progress: in place on a terminal, else a line every ten seconds. @returns what ends it */
export const showProgress = (sender: Sender, out: NodeJS.WriteStream, every = 10_000): (() => void) => {
  const started = performance.now();
  const line = () => progressLine(sender.counts, performance.now() - started, sender.trouble);
  const timer = setInterval(
    () => {
      if (!out.isTTY) out.write(`${line()}\n`);
      else out.write(`\r\u001b[2K${line().slice(0, (out.columns || 100) - 1)}`);
    },
    out.isTTY ? 500 : every,
  );
  timer.unref();
  return () => {
    clearInterval(timer);
    if (out.isTTY) out.write('\r\u001b[2K');
    for (const text of lastLines(sender.counts, performance.now() - started)) out.write(`${text}\n`);
  };
};

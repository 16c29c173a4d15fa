import type { Count } from './run';

/** More than this is no accident. */
const most = 5;

/**
 * Runs the few tests that failed once more, with nothing else at work. What passes then is unsteady: it counts as passed
 * and is named, with what went wrong the first time. What fails again has failed, and so has a run with more
 * failures, or with one that is no test.
 */
export async function lookAgain(
  first: Count,
  run: (places: string[]) => Promise<Count>,
): Promise<{ count: Count; unsteady: string[] }> {
  const asIs = { count: first, unsteady: [] };
  if (first.failed === 0 || first.failed > most || first.places.length < first.failed) return asIs;
  console.log(`\n== once more: ${first.failures.join('\n')}`);
  const second = await run([...new Set(first.places)]);
  if (second.failed > 0 || second.passed === 0) return asIs;
  const count = { passed: first.passed + first.failed, failed: 0, failures: [], places: [] };
  return { count, unsteady: first.failures };
}

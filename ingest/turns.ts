import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long work in one call must not hold up the others for longer than this. */
const longestMs = 5;

/** Gives way to other calls now and then: `await turns.pass()` costs next to nothing before it is time. */
export class Turns {
  #since = performance.now();

  async pass(): Promise<void> {
    if (performance.now() - this.#since < longestMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

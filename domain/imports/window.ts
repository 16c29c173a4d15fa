import type { Payment } from '@/domain/transactions/input';
import { entityKeys } from '@/domain/transactions/waves';

type Waiting<T> = { item: T; keys: readonly string[] };

/**
 * Payments that wait for their turn, in order. A wave is as many of them as share no user, card, device, IP address,
 * merchant or id with each other, with a wave that is at work, or with an earlier payment that still waits: each payment
 * is decided after everything that it may depend on, as if one were decided after the other, and several waves can be at
 * work at once.
 */
export class Window<T extends { payment: Payment }> {
  #waiting: Waiting<T>[] = [];
  readonly #atWork = new Set<string>();

  get size(): number {
    return this.#waiting.length;
  }

  add(item: T): void {
    this.#waiting.push({ item, keys: entityKeys(item.payment) });
  }

  /** The next wave; empty when everything that waits depends on what is at work. */
  take(most: number): T[] {
    const taken: T[] = [];
    const left: Waiting<T>[] = [];
    const blocked = new Set<string>();
    const begun: string[] = [];
    let at = 0;
    for (; at < this.#waiting.length && taken.length < most; at += 1) {
      const waiting = this.#waiting[at] as Waiting<T>;
      const free = waiting.keys.every((key) => !blocked.has(key) && !this.#atWork.has(key));
      for (const key of waiting.keys) blocked.add(key);
      if (!free) left.push(waiting);
      else {
        taken.push(waiting.item);
        begun.push(...waiting.keys);
      }
    }
    for (const key of begun) this.#atWork.add(key);
    this.#waiting = [...left, ...this.#waiting.slice(at)];
    return taken;
  }

  /** A wave is over. */
  release(wave: readonly T[]): void {
    for (const { payment } of wave) for (const key of entityKeys(payment)) this.#atWork.delete(key);
  }
}

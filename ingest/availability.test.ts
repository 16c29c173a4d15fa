import { describe, expect, it } from 'vitest';
import { Availability, NoAnswer, within } from './availability';

const lost = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
const never = () => new Promise<never>(() => {});

describe('availability', () => {
  it('after a lost connection refuses at once until a probe is answered', async () => {
    let back = false;
    const database = new Availability(() => (back ? Promise.resolve() : lost()));
    await expect(database.use(lost)).rejects.toThrow('refused');
    expect(database.away).toBe(true);
    expect(database.underWay).toBe(0);
    let asked = false;
    const work = async () => {
      asked = true;
    };
    await expect(database.use(work)).rejects.toBeInstanceOf(NoAnswer);
    expect(asked).toBe(false);
    back = true;
    await expect.poll(() => database.away, { timeout: 2000 }).toBe(false);
    const awayMs = database.awayMs;
    expect(awayMs).toBeGreaterThan(0);
    expect(database.awayMs).toBe(awayMs);
    await database.use(work);
    expect(asked).toBe(true);
    database.stop();
  });

  it('gives up on work that is late, and goes on when the database answers otherwise', async () => {
    const database = new Availability(() => Promise.resolve(), 20);
    await expect(database.use(never)).rejects.toBeInstanceOf(NoAnswer);
    await within(1000, new Promise((resolve) => setTimeout(resolve, 10)));
    expect(database.away).toBe(false);
    database.stop();
  });

  it('leaves other failures to the caller', async () => {
    const database = new Availability(() => Promise.resolve());
    await expect(database.use(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    expect(database.away).toBe(false);
    database.stop();
  });
});

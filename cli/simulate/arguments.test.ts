import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments';

const env = {
  VIGIL_API_KEY: 'vk_x',
  VIGIL_INGEST_URL: 'http://127.0.0.1:3001',
} as unknown as NodeJS.ProcessEnv;
const read = (line: string) => readArguments(line.split(' ').filter(Boolean), env);

describe('npm run simulate', () => {
  it('sends as it happens, or writes a file', () => {
    expect(read('')).toMatchObject({
      mode: 'send',
      url: 'http://127.0.0.1:3001',
      traffic: { perDay: 12_000 },
    });
    expect(read('--per-hour 60 --seed 9 --prefix a-')).toMatchObject({
      traffic: { perDay: 1440, seed: 9, prefix: 'a-' },
    });
    const file = read('--days 2 --to 2026-05-01T00:00:00Z --out p.csv.gz');
    expect(file).toMatchObject({
      mode: 'write',
      to: Date.parse('2026-05-01T00:00:00Z'),
      from: Date.parse('2026-04-29T00:00:00Z'),
    });
    expect(read('--begun 2026-05-01T00:00:00Z').traffic.attackAt).toBeLessThan(
      Date.parse('2026-05-01T00:00:00Z'),
    );
  });

  it.each([
    ['--seed x', '--seed is x'],
    ['--seed 1.5', '--seed is 1.5'],
    ['--customers 0', '--customers is 0'],
    ['--per-hour NaN', '--per-hour is NaN'],
    ['--fraud-share 0.5', '--fraud-share is 0.5'],
    ['--days 2', '--days goes with --out'],
    ['--out p.txt', '--out is p.txt'],
    ['--out p.csv --to yesterday', '--to is yesterday'],
    ['--begun 2026-05-01T00:00:00Z --seed 2', '--seed and --begun'],
    ['--speed 2', '--speed'],
    ['--url nowhere', '--url is nowhere'],
  ])('%s is refused and names what is wrong', (line, words) => {
    expect(() => read(line)).toThrow(words);
  });
});

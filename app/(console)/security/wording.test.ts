import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventTypes, resolutions } from '@/domain/security-events/kinds';
import messages from '@/messages/en.json';
import { actionKey } from './words';

const at = (path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((tree, name) => (tree as Record<string, unknown> | undefined)?.[name], messages);

const commands = async (): Promise<string[]> => {
  const names: string[] = [];
  for (const folder of readdirSync('domain')) {
    if (!existsSync(`domain/${folder}/commands.ts`)) continue;
    const module: Record<string, unknown> = await import(`@/domain/${folder}/commands.ts`);
    for (const value of Object.values(module))
      if (typeof value === 'function' && (value as { kind?: string }).kind === 'command')
        names.push((value as unknown as { operation: string }).operation);
  }
  return names;
};

test('every command has words in the audit trail', async () => {
  const names = await commands();
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => typeof at(`audit.actions.${actionKey(name)}`) !== 'string')).toEqual([]);
});

test('every security event and every resolution has words', () => {
  for (const type of eventTypes) {
    expect(at(`securityEvents.types.${type}`), type).toBeTypeOf('string');
    expect(at(`securityEvents.sentences.${type}`), type).toBeTypeOf('string');
  }
  for (const resolution of resolutions)
    expect(at(`securityEvents.resolutions.${resolution}`), resolution).toBeTypeOf('string');
});

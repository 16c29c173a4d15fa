import { expect, test } from 'vitest';
import { settings } from '@/domain/settings/catalogue';
import english from '@/messages/en.json';
import { messageKey } from './words';

const { keys, units, unitNames } = english.settings;

test.each(Object.entries(settings))('%s has its name, its help and its unit in words', (key, { unit }) => {
  expect(keys).toHaveProperty(messageKey(key), { name: expect.any(String), help: expect.any(String) });
  if (!unit) return;
  expect(unitNames).toHaveProperty(unit);
  if (unit !== 'score' && unit !== 'count') expect(units).toHaveProperty(unit);
});

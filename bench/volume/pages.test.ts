import { expect, it } from 'vitest';
import { findQueries } from './operations';
import { otherPages, pages } from './pages';

it('every query of the pages is measured, and each that a page asks is there', async () => {
  const queries = await findQueries();
  const asked = pages.flatMap(({ asks }) => asks.map(({ operation }) => operation));
  expect(asked.filter((operation) => !queries.has(operation))).toEqual([]);
  expect(otherPages(queries.values()).unasked).toEqual([]);
});

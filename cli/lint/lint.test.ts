import { expect, test } from 'vitest';
import { root } from '../starter/settings';
import { checkColours } from './colours';
import { checkImports } from './imports';
import { checkMessages } from './messages';
import { checkNames } from './names';
import { checkPapers } from './papers';
import { checkSizes } from './sizes';

const file = (path: string, text: string) => ({ path, text });
const found = (findings: { line: number; message: string }[]) =>
  findings.map(({ line, message }) => `${line} ${message}`);

test.each([
  ['domain/alerts/queries.ts', "import { headers } from 'next/headers';", 'domain imports no next/headers'],
  [
    'domain/alerts/queries.ts',
    "import { Panel } from '@/components/panel';",
    'domain may not import components',
  ],
  ['domain/alerts/queries.ts', "import { x } from '../../app/x';", 'domain may not import app'],
  ['db/client.ts', "import { may } from '@/domain/access';", 'db may not import domain'],
  ['app/(console)/alerts/page.tsx', "import { database } from '@/db/client';", 'app may not import db'],
  ['app/(console)/alerts/page.tsx', "import { Line } from 'recharts';", 'recharts only in components/charts'],
  ['ingest/server.ts', "const x = await import('react');", 'ingest imports no react'],
  ['components/table.tsx', "import {\n  a,\n  b,\n} from '@/db/client';", 'components may not import db'],
])('%s: %s', (path, text, message) => {
  const [finding] = checkImports([file(path, text)]);
  expect(finding?.message).toContain(message);
});

test.each([
  ['domain/alerts/queries.ts', "import { database } from '@/db/client';"],
  ['app/_server/actor.ts', "import { directSql } from '@/db/client';"],
  ['app/(console)/alerts/page.tsx', "import type { Row } from '@/db/schema';"],
  ['db/seed/index.ts', "import { createPerson } from '@/domain/people/commands';"],
  ['components/charts/area.tsx', "import { Area } from 'recharts';"],
  ['domain/rules/defaults.ts', '// import { x } from next is what we do not do'],
])('%s may: %s', (path, text) => {
  expect(checkImports([file(path, text)])).toEqual([]);
});

test('names that say nothing', () => {
  const names = ['domain/alerts/helpers.ts', 'app/utils/x.ts', 'lib/date-utils.ts', 'domain/Alerts.ts'];
  expect(names.flatMap((name) => checkNames([file(name, '')])).map((one) => one.path)).toEqual(names);
  const good = [
    'app/(console)/alerts/[id]/page.tsx',
    'app/_server/actor.ts',
    'domain/alerts/lock.db.test.ts',
    'README.md',
  ];
  expect(checkNames(good.map((name) => file(name, '')))).toEqual([]);
});

test('sizes', () => {
  const long = 'x\n'.repeat(401);
  expect(found(checkSizes([file('domain/a.ts', long)]))).toEqual(['401 401 lines; the limit is 400']);
  expect(checkSizes([file('app/a/page.tsx', 'x\n'.repeat(81))])).toHaveLength(1);
  expect(checkSizes([file('domain/a.ts', 'x\n'.repeat(400)), file('domain/a.test.ts', long)])).toEqual([]);
});

test('colours have names', () => {
  const text = "const a = '#fff';\nclass B { #add = 1 }\nconst c = 'A #12 of';";
  expect(found(checkColours([file('components/a.tsx', text)]))).toEqual(['1 colour #fff outside the tokens']);
  expect(checkColours([file('components/a.module.css', '.a { color: #12ab34; }')])).toHaveLength(1);
  expect(checkColours([file('theme.ts', "'#fff'")])).toEqual([]);
});

test('texts: missing and unused', () => {
  const english = file(
    'messages/en.json',
    '{ "alerts": {\n"title": "A",\n"dead": "B",\n"state": { "open": "C" } } }',
  );
  const page = file(
    'app/a.tsx',
    `const t = useTranslations('alerts');\nt('title');\nt('gone');\nt(\`state.\${x}\`);\nt.rich('title');`,
  );
  expect(found(checkMessages([english, page]))).toEqual([
    '3 no text for alerts.gone in messages/en.json',
    '3 nothing shows alerts.dead',
  ]);
});

test('papers cite what is there', () => {
  const here = [
    file('db/client.ts', ''),
    file('docs/a.md', '`db/client.ts` `db/gone.ts` `db/*.sql` [x](gone.md) `and/or`'),
  ];
  expect(found(checkPapers(here, root))).toEqual(['1 db/gone.ts is not there', '1 gone.md is not there']);
});

import { checkColours } from './lint/colours';
import { checkImports } from './lint/imports';
import { checkMessages } from './lint/messages';
import { checkNames } from './lint/names';
import { checkPapers } from './lint/papers';
import { checkSizes } from './lint/sizes';
import { readSources } from './lint/source';
import { root } from './starter/settings';

const sources = readSources(root);
const findings = [
  ...checkSizes(sources),
  ...checkNames(sources),
  ...checkImports(sources),
  ...checkColours(sources),
  ...checkMessages(sources),
  ...checkPapers(sources, root),
];

for (const { path, line, message } of findings) console.log(`${path}:${line} ${message}`);
console.log(
  findings.length === 0 ? `lint: ${sources.length} files, nothing found` : `lint: ${findings.length} found`,
);
process.exitCode = findings.length === 0 ? 0 : 1;

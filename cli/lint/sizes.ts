import { type Finding, isCode, isTest, type Source } from './source';

const LINES_A_FILE = 400;
const LINES_A_PAGE = 80;

/** Files that outgrew one subject. Lengths of functions are Biome's to check. */
export function checkSizes(sources: Source[]): Finding[] {
  return sources.filter(isCode).flatMap((source) => {
    const lines = source.text.trimEnd().split('\n').length;
    const page = /^app\/.*\/page\.tsx$/.test(source.path);
    const limit = page ? LINES_A_PAGE : LINES_A_FILE;
    if (lines <= limit || (isTest(source) && !page)) return [];
    return [{ path: source.path, line: limit + 1, message: `${lines} lines; the limit is ${limit}` }];
  });
}

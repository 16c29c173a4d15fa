import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export type Source = {
  /** From the root, with slashes. */
  path: string;
  text: string;
};

export type Finding = { path: string; line: number; message: string };

const extensions = /\.(ts|tsx|mjs|cjs|js|css|md|sql|json)$/;

/** Every text file that git knows or would take. */
export function readSources(root: string): Source[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((name) => extensions.test(name) && name !== 'package-lock.json')
    .filter((name) => fs.existsSync(path.join(root, name)))
    .map((name) => ({ path: name, text: fs.readFileSync(path.join(root, name), 'utf8') }));
}

export const isCode = (source: Source): boolean => /\.(ts|tsx)$/.test(source.path);
export const isTest = (source: Source): boolean => /\.test\.tsx?$|^e2e\/|^bench\//.test(source.path);

/** 1-based line of an offset. */
export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

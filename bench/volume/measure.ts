import postgres, { type Sql } from 'postgres';
import { connect, setDatabase } from '@/db/client';
import { momentReader, readLeaves } from './leaves';
import type { AnyQuery } from './operations';
import type { Page } from './pages';
import { judgePlan, type Leaf, type Opened, type Plan } from './plans';
import { readSamples, type Samples } from './samples';

/** A filled database with what is needed to ask and to watch it. */
export type Subject = {
  rows: number;
  databaseId: number;
  /** Superuser: resets and reads the statistics. */
  watch: Sql;
  /** As the console connects. */
  web: Sql;
  webUrl: string;
  /** As the owner of everything. */
  url: string;
  samples: Samples;
  leaves: Map<string, Leaf>;
};

export const openSubject = async (rows: number, url: string, webUrl: string): Promise<Subject> => {
  const watch = connect(url, { max: 1, name: 'bench-watch' });
  const [row] = await watch`select oid::int8::int as id from pg_database where datname = current_database()`;
  return {
    rows,
    databaseId: Number(row!.id),
    watch,
    web: connect(webUrl, { max: 4, name: 'bench' }),
    webUrl,
    url,
    samples: await readSamples(watch),
    leaves: await readLeaves(watch),
  };
};

export const closeSubject = (subject: Subject): Promise<unknown> =>
  Promise.all([subject.watch.end(), subject.web.end()]);

export type Cost = { ms: number; statements: number; blocks: number };

/** What the server spent on the statements of `run`: planning and execution, as pg_stat_statements counts them. */
export const costOf = async (subject: Subject, run: () => Promise<unknown>): Promise<Cost> => {
  await subject.watch`select pg_stat_statements_reset(0, ${subject.databaseId}::oid, 0)`;
  await run();
  const [row] =
    await subject.watch`select coalesce(sum(total_plan_time + total_exec_time), 0) as ms, coalesce(sum(calls), 0)::int as statements,
      coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int as blocks
    from pg_stat_statements where dbid = ${subject.databaseId}::oid and query not like '%pg_stat_statements%'`;
  return { ms: Number(row!.ms), statements: Number(row!.statements), blocks: Number(row!.blocks) };
};

export const askPage = async (
  page: Page,
  subject: Subject,
  queries: ReadonlyMap<string, AnyQuery>,
  round: number,
): Promise<void> => {
  for (const { operation, input } of page.asks) {
    const run = queries.get(operation);
    if (!run) throw new Error(`${page.page}: there is no query ${operation}`);
    const given = input(subject.samples, round);
    if (given === null) continue;
    try {
      await run(subject.samples.actor, given as never);
    } catch (error) {
      throw new Error(
        `${page.page}: ${operation} failed at ${subject.rows} payments: ${JSON.stringify(error)}`,
        { cause: error },
      );
    }
  }
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Medians over the rounds, which go through the databases in turns: what else the machine does meets all of them alike. */
export const measurePage = async (
  page: Page,
  subjects: readonly Subject[],
  queries: ReadonlyMap<string, AnyQuery>,
  rounds: number,
): Promise<Cost[]> => {
  const costs = subjects.map((): Cost[] => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [at, subject] of subjects.entries()) {
      setDatabase(subject.web);
      const cost = await costOf(subject, () => askPage(page, subject, queries, Math.max(round, 0)));
      if (round >= 0) costs[at]!.push(cost);
    }
  }
  return costs.map((all) => ({
    ms: median(all.map(({ ms }) => ms)),
    statements: median(all.map(({ statements }) => statements)),
    blocks: median(all.map(({ blocks }) => blocks)),
  }));
};

const explained = /^duration: [\d.]+ ms {2}plan:\n([\s\S]+)$/;

/** The plans of everything that `run` sends, with what really happened: the server's own auto_explain tells them. */
export const plansOf = async (subject: Subject, run: (sql: Sql) => Promise<unknown>): Promise<Plan[]> => {
  const user = decodeURIComponent(new URL(subject.webUrl).username);
  const [name] = await subject.watch`select current_database() as name`;
  const scope = `role "${user}" in database "${name!.name}"`;
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    client_min_messages: 'notice',
  };
  for (const [setting, value] of Object.entries(settings))
    await subject.watch.unsafe(`alter ${scope} set ${setting} = '${value}'`);
  const plans: Plan[] = [];
  const sql = postgres(subject.webUrl, {
    max: 1,
    onnotice: ({ message }) => {
      const plan = explained.exec(message ?? '')?.[1];
      if (plan) plans.push(JSON.parse(plan));
    },
  });
  try {
    await run(sql);
  } finally {
    await sql.end();
    for (const setting of Object.keys(settings))
      await subject.watch.unsafe(`alter ${scope} reset ${setting}`);
  }
  return plans;
};

export type Judged = { opened: Opened[]; faults: string[] };

/** Every statement of a page, judged. */
export const judgePage = async (
  page: Page,
  subject: Subject,
  queries: ReadonlyMap<string, AnyQuery>,
): Promise<Judged> => {
  const plans = await plansOf(subject, async (sql) => {
    setDatabase(sql);
    await askPage(page, subject, queries, 0);
  });
  return judgePlans(plans, subject, page.hoursBack);
};

export const judgePlans = async (
  plans: readonly Plan[],
  subject: Subject,
  hoursBack: number | null,
): Promise<Judged> => {
  const moment = momentReader(subject.watch);
  const notBefore = hoursBack === null ? -Infinity : Date.now() - hoursBack * 3_600_000;
  const opened = new Map<string, Opened>();
  const faults = new Set<string>();
  for (const plan of plans) {
    const verdict = await judgePlan(plan, subject.leaves, moment, notBefore);
    for (const one of verdict.opened) opened.set(one.leaf, one);
    for (const fault of verdict.faults) faults.add(fault);
  }
  return { opened: [...opened.values()], faults: [...faults] };
};

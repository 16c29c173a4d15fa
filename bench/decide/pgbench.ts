import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { connect } from '@/db/client';
import { decisionRecord } from '@/domain/transactions/decision-record';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import type { DecisionContext } from '@/domain/transactions/feature-values';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { toBase } from '@/domain/transactions/money';
import { historyWorld } from './history';
import { percentile } from './percentile';

/** Path of a pgbench, or null. */
export function findPgbench(): string | null {
  if (process.env.PGBENCH) return process.env.PGBENCH;
  const versions = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort().reverse()
    : [];
  const places = [
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin/pgbench`),
    ...(process.env.PATH ?? '').split(':').map((dir) => path.join(dir, 'pgbench')),
  ];
  return places.find((place) => existsSync(place)) ?? null;
}

/** The two statements as pgbench sends them: the JSON of a real decision with its ids and heads made variables. */
async function script(url: string): Promise<string> {
  const sql = connect(url, { max: 1, name: 'bench' });
  const rules = await loadDecisionRules(sql);
  const payment = generatePayment(historyWorld, 'ID', new Date(), seededRandom(1));
  Object.assign(payment, {
    user_id: 'u:user',
    card_token: 'c:user',
    device_id: 'd:user',
    merchant_id: 'm:merchant',
    ip_address: '10.1.0.:address',
    transaction_id: 'pgbench-:id',
  });
  const asked = { ...payment, position: 0 };
  const readable = JSON.stringify({
    ...asked,
    user_id: 'u1',
    card_token: 'c1',
    device_id: 'd1',
    merchant_id: 'm1',
    ip_address: '10.1.0.1',
  });
  const [context] = await sql<
    DecisionContext[]
  >`select * from decision_context(${`[${readable}]`}::text::jsonb)`;
  const incoming = {
    payment,
    hash: '0'.repeat(64),
    amountBase: toBase(payment.amount, rules.rates[payment.currency]!),
    startedMs: performance.now(),
  };
  const record = decisionRecord(incoming, context!, rules);
  await sql.end();
  // With a space: pgbench takes a double colon for a cast.
  const head = /"(user|card)_head":(null|"\d+")/g;
  const text = JSON.stringify([record]).replace(head, '"$1_head": :$1_head').replaceAll("'", "''");
  return `\\set id random(1, 1000000000000000)
\\set user random(0, ${historyWorld.users - 1})
\\set merchant random(0, ${historyWorld.merchants - 1})
\\set address random(1, 250)
SELECT coalesce(user_head::text, 'null') AS user_head, coalesce(card_head::text, 'null') AS card_head FROM decision_context('${JSON.stringify([asked]).replaceAll("'", "''")}') \\gset
SELECT * FROM record_decision('${text}');
`;
}

/** Runs the two statements with so many clients and reads pgbench's own log of latencies (microseconds). */
export async function runPgbench(pgbench: string, url: string, clients: number, seconds: number) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'vigil-pgbench-'));
  try {
    const file = path.join(dir, 'decide.sql');
    writeFileSync(file, await script(url));
    const run = (time: number, log: string[]) =>
      promisify(execFile)(
        pgbench,
        ['-n', '-M', 'simple', '-f', file, '-c', String(clients), '-j', '2', '-T', String(time), ...log, url],
        {
          cwd: dir,
          maxBuffer: 1e8,
        },
      );
    await run(2, []);
    const { stdout } = await run(seconds, ['-l', '--log-prefix=latency']);
    const latencies = readdirSync(dir)
      .filter((name) => name.startsWith('latency'))
      .flatMap((name) => readFileSync(path.join(dir, name), 'utf8').trim().split('\n'))
      .map((line) => Number(line.split(' ')[2]) / 1000)
      .sort((a, b) => a - b);
    const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    return { perSecond, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

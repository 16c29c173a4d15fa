'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatDuration, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Note } from '@/components/note';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { LockTree, TreeRow } from '@/domain/activity/lock-tree';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { Session } from '@/domain/activity/sessions';
import styles from './activity.module.css';
import { sessionKey } from './activity-params';
import { StateBadge } from './state-badge';
import { useActivityWords } from './words';

type Row = LockTree['rows'][number] & { key: string; session?: Session };
type Props = { snapshot: UseQueryResult<ActivitySnapshot, LiveError>; open: (key: string) => void };

/** Who waits for whom: those who wait for nobody first, everybody that they hold up beneath. */
export function LockPanel({ snapshot, open }: Props) {
  const t = useTranslations('activity');
  const locks = snapshot.data?.locks;
  const tree = locks?.tree;
  const byPid = new Map(locks?.sessions.map((session) => [session.pid, session]));
  const rows: Row[] = (tree?.rows ?? []).map((row, i) => ({
    ...row,
    key: String(i),
    ...(row.kind === 'session' ? { session: byPid.get(row.pid) } : {}),
  }));
  const columns = useColumns(open);
  const sessions = rows.filter((row): row is Row & TreeRow => row.kind === 'session');
  return (
    <Panel
      title={t('lockTitle')}
      question={t('lockQuestion')}
      live={snapshot}
      problem={snapshot.data && locks === null ? { kind: 'timeout' } : null}
      flush
      height={56}
      empty={tree !== undefined && rows.length === 0 && { title: t('noLocks'), hint: t('noLocksHint') }}
      table={
        rows.length > 0
          ? {
              head: ['pid', t('waitsFor'), t('lockHead'), t('waitAge'), t('blocks'), t('query')],
              rows: sessions.map((row) => [
                row.pid,
                row.waitsFor.join(' '),
                row.wait && `${row.wait.mode} ${row.wait.relation ?? row.wait.lockType}`,
                row.wait?.seconds,
                row.blocks,
                row.session?.query,
              ]),
            }
          : undefined
      }
      csvName="lock-tree"
    >
      {tree && <Verdict tree={tree} byPid={byPid} open={open} />}
      <DataTable
        name="lock-tree"
        label={t('lockTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        dim={(row) => row.kind === 'session' && row.again}
        foot={tree && t('lockCount', { count: tree.waiting, more: tree.more })}
        inPanel
      />
    </Panel>
  );
}

/** Whom to look at first: the one that most others wait for. */
function Verdict({
  tree,
  byPid,
  open,
}: {
  tree: LockTree;
  byPid: Map<number, Session>;
  open: (key: string) => void;
}) {
  const t = useTranslations('activity');
  const words = useActivityWords();
  const [first] = tree.roots;
  const row = tree.rows.find((one): one is TreeRow => one.kind === 'session' && one.pid === first);
  if (!row) return null;
  const session = byPid.get(row.pid);
  const state = session?.state ?? 'other';
  const values = { pid: row.pid, count: row.blocks, who: session ? words.who(session) : '' };
  const age = formatDuration(session?.stateSeconds);
  return (
    <div className={styles.verdict}>
      <Note tone="review" title={row.pid === 0 ? t('prepared', values) : t('inTheWay', values)}>
        {row.pid === 0 ? t('preparedHint') : t(`advice.${session?.refusal ?? state}`, { age })}{' '}
        {session?.backendStart && (
          <button type="button" className={styles.link} onClick={() => open(sessionKey(session))}>
            {t('openSession', { pid: row.pid })}
          </button>
        )}
      </Note>
    </div>
  );
}

function useColumns(open: (key: string) => void): Column<Row>[] {
  const t = useTranslations('activity');
  const words = useActivityWords();
  return [
    { id: 'session', head: t('session'), width: 300, cell: (row) => <Place row={row} open={open} /> },
    {
      id: 'state',
      head: t('state'),
      width: 150,
      wide: true,
      cell: (row) =>
        row.session && <StateBadge state={row.session.state} waits={'wait' in row && row.wait !== null} />,
    },
    {
      id: 'lock',
      head: t('lockHead'),
      width: 250,
      wide: true,
      cell: (row) =>
        row.kind === 'session' &&
        (row.wait ? <span title={row.wait.mode}>{words.lock(row.wait)}</span> : '–'),
    },
    {
      id: 'age',
      head: t('waitAge'),
      align: 'right',
      width: 90,
      cell: (row) => row.kind === 'session' && (row.wait ? formatDuration(row.wait.seconds) : '–'),
    },
    {
      id: 'blocks',
      head: t('blocks'),
      align: 'right',
      width: 80,
      cell: (row) => row.kind === 'session' && (row.blocks > 0 ? formatNumber(row.blocks) : '–'),
    },
    {
      id: 'query',
      head: t('query'),
      wide: 'very',
      cell: (row) => row.session?.query && <Query text={row.session.query} />,
    },
  ];
}

const Query = ({ text }: { text: string }) => (
  <span className="vg-mono" title={text}>
    {text}
  </span>
);

/** The session, indented beneath the one it waits for. */
function Place({ row, open }: { row: Row; open: (key: string) => void }) {
  const t = useTranslations('activity');
  const words = useActivityWords();
  // Deep chains stay readable: from here on the depth is a number.
  const indent = Math.min(row.depth, 8) * 16;
  if (row.kind === 'more')
    return (
      <span className={styles.more} style={{ paddingLeft: indent }}>
        {t('moreBehind', { count: row.count, pid: row.parent })}
      </span>
    );
  const { session } = row;
  return (
    <span className={styles.place} style={{ paddingLeft: indent }} data-depth={row.depth}>
      {row.depth > 0 && (
        <span className={styles.branch} aria-label={t('depth', { depth: row.depth })} role="img">
          {row.depth > 8 ? `${row.depth} ` : ''}└
        </span>
      )}
      {session?.backendStart ? (
        <button type="button" className={styles.link} onClick={() => open(sessionKey(session))}>
          {row.pid}
        </button>
      ) : (
        <span className="vg-mono">{row.pid === 0 ? t('preparedShort') : row.pid}</span>
      )}
      <span className={styles.who}>{session && words.who(session)}</span>
      {row.again && <span className={styles.who}>{t('again')}</span>}
      {row.circle && <span className={styles.who}>{t('circle')}</span>}
    </span>
  );
}

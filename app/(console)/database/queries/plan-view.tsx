'use client';

import { Button, CopyButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCopy,
  IconCornerDownRight,
  IconSitemap,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { formatBytes, formatCompact, formatNumber, formatPercent } from '@/components/format';
import { Note } from '@/components/note';
import type { Planned, PlanOutcome } from '@/domain/database/explain';
import type { PlanNode } from '@/domain/database/plan-tree';
import styles from './plan.module.css';

type Props = {
  outcome: PlanOutcome | null;
  pending: boolean;
  /** Null where the role may not ask. */
  ask: (() => void) | null;
};

/** The plan of a query, for which nothing is executed: asked for by a press, since it is on the record. */
export function PlanView({ outcome, pending, ask }: Props) {
  const t = useTranslations('database.plan');
  if (outcome?.planned) return <Plan plan={outcome} />;
  return (
    <div className={styles.ask}>
      {outcome && (
        <Note tone="review" title={t('none')}>
          {t(`refused.${outcome.reason}`, { what: outcome.what ?? '' })}
        </Note>
      )}
      <p>{ask ? t('explains') : t('mayNot')}</p>
      {ask && (
        <Button
          variant="default"
          leftSection={<IconSitemap size={16} stroke={1.75} />}
          loading={pending}
          onClick={ask}
        >
          {t('explain')}
        </Button>
      )}
    </div>
  );
}

const warningsIn = (node: PlanNode): NonNullable<PlanNode['warning']>[] => [
  ...(node.warning ? [node.warning] : []),
  ...node.children.flatMap(warningsIn),
];

function Plan({ plan }: { plan: Planned }) {
  const t = useTranslations('database.plan');
  const warnings = warningsIn(plan.tree);
  const worst = warnings.sort((a, b) => b.bytes - a.bytes)[0];
  return (
    <div className={styles.plan}>
      {worst && (
        <Note tone="review" title={t('warnings.reads_all', { table: worst.table })}>
          {t('warnings.readsAllText', {
            rows: formatCompact(worst.rows),
            size: formatBytes(worst.bytes),
            more: warnings.length - 1,
          })}
        </Note>
      )}
      <div className={styles.head}>
        <span>{t(`kinds.${plan.kind}`)}</span>
        <span className={styles.copies}>
          <Copy text={plan.text} label={t('copyText')} />
          <Copy text={plan.json} label={t('copyJson')} />
        </span>
      </div>
      <ul className={styles.tree} aria-label={t('tree')}>
        <Node node={plan.tree} depth={0} />
      </ul>
    </div>
  );
}

function Copy({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={copied ? <IconCheck size={14} stroke={2} /> : <IconCopy size={14} stroke={2} />}
          onClick={copy}
        >
          {label}
        </Button>
      )}
    </CopyButton>
  );
}

/** One node: what it does, on what, its own part of the cost and the rows it expects. */
function Node({ node, depth }: { node: PlanNode; depth: number }) {
  const t = useTranslations('database.plan');
  const Mark = node.warning ? IconAlertTriangle : IconCornerDownRight;
  const on = [node.relation, node.index].filter(Boolean).join(', ');
  return (
    <li>
      <div
        className={styles.node}
        data-warning={node.warning !== null || undefined}
        style={{ paddingInlineStart: Math.min(depth, 10) * 14 }}
      >
        {(depth > 0 || node.warning) && (
          <Mark
            size={14}
            stroke={2}
            className={styles.mark}
            aria-label={node.warning ? t('warning') : undefined}
          />
        )}
        <span className={styles.what} title={on}>
          <strong>{node.type}</strong> {on}
        </span>
        <span className={styles.rows}>{t('rows', { rows: formatCompact(node.rows) })}</span>
        <span className={styles.cost} title={t('cost', { cost: formatNumber(node.totalCost) })}>
          {formatPercent(node.share)}
        </span>
        <span className={styles.bar} aria-hidden>
          <span style={{ width: `${node.share * 100}%` }} />
        </span>
      </div>
      {node.details.map(({ key, text }) => (
        <div
          key={key}
          className={styles.detail}
          style={{ paddingInlineStart: Math.min(depth, 10) * 14 + 20 }}
          title={text}
        >
          {key}: <span className="vg-mono">{text}</span>
        </div>
      ))}
      {(node.children.length > 0 || node.hidden > 0) && (
        <ul className={styles.tree}>
          {node.children.map((child) => (
            <Node key={child.id} node={child} depth={depth + 1} />
          ))}
          {node.hidden > 0 && (
            <li className={styles.detail} style={{ paddingInlineStart: (depth + 1) * 14 + 20 }}>
              {t('hidden', { count: node.hidden })}
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import { areaGroups } from '@/components/shell/areas';
import { type Column, DataTable } from '@/components/table';
import { Time } from '@/components/time';
import type { Cell } from '@/domain/database/checks/judge';
import type { HealthCheck } from '@/domain/database/health';
import styles from './database.module.css';
import { SqlBlock } from './sql-block';
import { definitionOf, useCheckWords } from './words';

/** What a check found: the cause, what it saw, what helps, and how it judges. */
export function CheckDetail({ check }: { check: HealthCheck }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const red = check.status === 'warning' || check.status === 'critical';
  return (
    <div className={styles.detail}>
      {red && <p className={styles.cause}>{words.cause(check)}</p>}
      {check.evidence.length > 0 && <Evidence check={check} />}
      {red && (
        <div className={styles.fix}>
          <h4>{t('toFix')}</h4>
          <p>
            {words.fix(check)} <PageLink check={check} />
          </p>
          {check.sql.length > 0 && <SqlBlock text={check.sql.join('\n')} />}
        </div>
      )}
      <Footnote check={check} />
    </div>
  );
}

/** Where it is put right, once that page is there. */
function PageLink({ check }: { check: HealthCheck }) {
  const t = useTranslations();
  const href = definitionOf(check.name)?.href;
  const area = areaGroups.flatMap((group) => group.areas).find((one) => one.href === href);
  return area && <Link href={area.href}>{t('database.openPage', { page: t(`nav.${area.id}`) })}</Link>;
}

function Evidence({ check }: { check: HealthCheck }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const names = definitionOf(check.name)?.columns ?? [];
  const columns: Column<Cell[]>[] = names.map((name, at) => {
    const [id = '', unit] = name.split(':');
    const isNumber = unit !== undefined && unit !== 'code';
    return {
      id,
      head: t(`evidence.${id}`),
      align: isNumber || id === 'pid' ? 'right' : undefined,
      width: isNumber || id === 'pid' ? 104 : undefined,
      wide: at > 2 && !isNumber ? true : undefined,
      cell: (row) => {
        const text = words.cell(name, row[at] ?? null);
        return <span title={text}>{text}</span>;
      },
    };
  });
  return (
    <DataTable
      name={`evidence-${check.name}`}
      label={words.name(check)}
      columns={columns}
      rows={check.evidence}
      rowKey={(row) => row.join('|')}
      inPanel
    />
  );
}

/** How many things were looked at, from where it warns, and when it was last well. */
function Footnote({ check }: { check: HealthCheck }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const definition = definitionOf(check.name);
  if (!definition) return null;
  const limit = (value: number | null) =>
    value === null
      ? t('never')
      : t(definition.below ? 'under' : 'from', { value: words.format(value, definition.unit) });
  const looked = t(`examined.${definition.examines}`, {
    count: check.examined,
    shown: formatNumber(check.examined),
  });
  return (
    <p className={styles.footnote}>
      {check.examined > 0 && <span>{t('looked', { what: looked })}</span>}
      <span>{t('limits', { warning: limit(definition.warning), critical: limit(definition.critical) })}</span>
      {check.previousStatus && (
        <span>{t('wasBefore', { status: t(`statuses.${check.previousStatus}`) })}</span>
      )}
      {check.lastGoodAt && check.status !== 'ok' && (
        <span>{t.rich('lastGood', { when: () => <Time at={check.lastGoodAt} /> })}</span>
      )}
    </p>
  );
}

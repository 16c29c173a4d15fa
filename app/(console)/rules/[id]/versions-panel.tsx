'use client';

import { Select } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { RuleBadge } from '@/components/badge';
import { Diff } from '@/components/diff';
import { Panel } from '@/components/panel';
import { Time } from '@/components/time';
import type { RuleDetail } from '@/domain/rules/queries';
import { type RuleVersionRow, versionFacts } from '@/domain/rules/version-facts';
import styles from '../rules.module.css';

/** Who wrote each version and who made it what it is; two of them compared. */
export function VersionsPanel({ rule, audit }: { rule: RuleDetail; audit: boolean }) {
  const t = useTranslations('rules');
  const { versions } = rule;
  return (
    <Panel
      title={t('versions')}
      question={t('versionCount', { count: versions.length })}
      actions={
        audit && (
          <Link className={styles.link} href={`/security/audit-trail?resource=rule&q=${rule.ruleId}`}>
            {t('auditTrail')}
          </Link>
        )
      }
    >
      <ol className={styles.versions}>
        {versions.map((version) => (
          <VersionLine key={version.versionId} version={version} />
        ))}
      </ol>
      {versions.length > 1 && <Compare rule={rule} />}
    </Panel>
  );
}

function VersionLine({ version }: { version: RuleVersionRow }) {
  const t = useTranslations('rules');
  return (
    <li className={styles.versionLine}>
      <span className={styles.number}>{t('version', { version: version.version })}</span>
      <RuleBadge state={version.state} />
      <span>
        {t('writtenBy', { name: version.createdByName })} <Time at={version.createdAt} style="short" />
        {version.state !== 'draft' && version.stateByName && (
          <>
            {', '}
            {t('stateBy', { name: version.stateByName })} <Time at={version.stateAt} style="short" />
          </>
        )}
        {version.stateNote && <q className={styles.note}>{version.stateNote}</q>}
      </span>
    </li>
  );
}

function Compare({ rule }: { rule: RuleDetail }) {
  const t = useTranslations('rules');
  const { versions, shown, draft } = rule;
  const first = draft ? shown : versions[1]!;
  const [older, setOlder] = useState(
    String(first.versionId === versions[0]!.versionId ? versions[1]!.versionId : first.versionId),
  );
  const [newer, setNewer] = useState(String(versions[0]!.versionId));
  const find = (id: string) => versions.find((v) => String(v.versionId) === id) ?? versions[0]!;
  const options = versions.map((v) => ({
    value: String(v.versionId),
    label: t('version', { version: v.version }),
  }));
  const [before, after] = [versionFacts(find(older)), versionFacts(find(newer))];
  const same = JSON.stringify(before) === JSON.stringify(after);
  return (
    <div className={styles.compare}>
      <div className={styles.compareHead}>
        <h3 className={styles.label}>{t('compare')}</h3>
        <Select
          aria-label={t('olderVersion')}
          size="xs"
          w={88}
          allowDeselect={false}
          data={options}
          value={older}
          onChange={(v) => v && setOlder(v)}
        />
        <Select
          aria-label={t('newerVersion')}
          size="xs"
          w={88}
          allowDeselect={false}
          data={options}
          value={newer}
          onChange={(v) => v && setNewer(v)}
        />
      </div>
      {same ? <p className={styles.quiet}>{t('sameVersion')}</p> : <Diff before={before} after={after} />}
    </div>
  );
}

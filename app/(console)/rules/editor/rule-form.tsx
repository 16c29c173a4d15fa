'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatRuleId } from '@/components/format';
import { Note } from '@/components/note';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { RuleVersionRow } from '@/domain/rules/version-facts';
import { createRuleAction, editRuleAction } from '../actions';
import styles from '../rules.module.css';
import { useRuleWords } from '../use-rule-words';
import { ActionFields } from './action-fields';
import { Builder } from './builder';
import { actionsOf, check, type FormState, formOf, writtenOf } from './form-state';
import { NameFields } from './name-fields';
import { Preview } from './preview';

type Props = { currency: string; rule?: RuleVersionRow; versions?: number };

/** Makes a rule, or the next draft of one. Faults stand at their fields; what was typed stays until it is saved. */
export function RuleForm({ currency, rule }: Props) {
  const t = useTranslations('rules');
  const words = useRuleWords(currency);
  const { form, change, checked, saved } = useRuleForm(rule);
  const [tried, setTried] = useState(false);
  const top = useRef<HTMLFormElement>(null);
  const save = useSave(rule, saved);
  const faults = tried ? checked.faults : { fields: {}, rows: new Map() };

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (checked.ok) save.run(form);
    // After React has drawn the faults, go to the first.
    else
      setTimeout(
        () => top.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]')?.focus(),
        50,
      );
  }
  const title = rule ? t('editHeading', { name: rule.name }) : t('newTitle');
  return (
    <form ref={top} onSubmit={submit} noValidate>
      <PageHeader
        title={title}
        parent={{ href: '/rules', label: t('title') }}
        meta={rule && <span className="vg-mono">{formatRuleId(rule.ruleId)}</span>}
      >
        <Button component={Link} href={rule ? `/rules/${rule.ruleId}` : '/rules'} variant="default">
          {t('cancel')}
        </Button>
        <Button type="submit" loading={save.pending}>
          {t('saveDraft')}
        </Button>
      </PageHeader>
      <div className={styles.columns} data-editor>
        <div className={styles.column}>
          {tried && !checked.ok && (
            <Note tone="review" title={t('notSaved')}>
              {t('notSavedHint')}
            </Note>
          )}
          {save.error && <SaveFailure message={save.error} rule={rule} stale={save.stale} />}
          <Panel title={t('about')}>
            <NameFields form={form} change={change} faults={faults.fields} nameError={save.nameError} />
          </Panel>
          <Panel title={t('condition')} question={t('conditionQuestion')}>
            <Builder
              query={form.query}
              onChange={(query) => change({ query })}
              words={words}
              faults={faults.rows}
            />
          </Panel>
          <Panel title={t('then')} question={t('thenQuestion')}>
            <ActionFields form={form} change={change} faults={faults.fields} />
          </Panel>
        </div>
        <div className={styles.column}>
          <Preview condition={checked.condition} actions={actionsOf(form)} currency={currency} />
        </div>
      </div>
    </form>
  );
}

function SaveFailure({ message, rule, stale }: { message: string; rule?: RuleVersionRow; stale: boolean }) {
  const t = useTranslations('rules');
  return (
    <Note tone="fraud" title={t('notSaved')}>
      {message}{' '}
      {stale && rule && (
        <Link className={styles.link} href={`/rules/${rule.ruleId}`} target="_blank">
          {t('seeNewest')}
        </Link>
      )}
    </Note>
  );
}

/** The form's state; warns before unsaved work is left behind. */
function useRuleForm(rule: RuleVersionRow | undefined) {
  const [form, setForm] = useState<FormState>(() => formOf(rule));
  const checked = useMemo(() => check(form), [form]);
  const dirty = useRef(false);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (dirty.current) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
  return {
    form,
    checked,
    change: (part: Partial<FormState>) => {
      dirty.current = true;
      setForm((now) => ({ ...now, ...part }));
    },
    saved: () => {
      dirty.current = false;
    },
  };
}

function useSave(rule: RuleVersionRow | undefined, saved: () => void) {
  const t = useTranslations('rules');
  const router = useRouter();
  const options = {
    done: ({ ruleId, version }: { ruleId: number; version: number }) => {
      saved();
      toast({ title: t('saved', { version }) });
      router.push(`/rules/${ruleId}`);
    },
    failed: () => {},
  };
  const create = useCommand(createRuleAction, options);
  // The version that the form was opened with: what others save meanwhile must be noticed, not overwritten.
  const [basedOn] = useState(rule && { versionId: rule.versionId, revision: rule.revision });
  const edit = useCommand(editRuleAction, options);
  const command = rule ? edit : create;
  const nameError = command.fieldError('name');
  const otherField = command.failure?.field && command.failure.field !== 'name' ? t('refused') : null;
  return {
    run: (form: FormState) => {
      const written = writtenOf(form);
      if (rule && basedOn)
        edit.run({ ruleId: rule.ruleId, basedOn, ...written, reasonCode: rule.reasonCode as never });
      else create.run(written);
    },
    pending: command.pending,
    nameError,
    error: command.error ?? otherField,
    stale: command.failure?.code === 'stale',
  };
}

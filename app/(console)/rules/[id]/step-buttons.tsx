'use client';

import { Button, Menu } from '@mantine/core';
import {
  IconArchive,
  IconBolt,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { ConfirmDialog, type Consequence } from '@/components/dialog';
import { useShortcuts } from '@/components/keyboard';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { RuleDetail } from '@/domain/rules/queries';
import {
  activateRuleAction,
  discardDraftAction,
  pauseRuleAction,
  resumeRuleAction,
  retireRuleAction,
} from '../actions';
import styles from '../rules.module.css';
import type { Rights } from './rule-view';

type StepName = 'activate' | 'pause' | 'resume' | 'retire' | 'discard';

/** The steps open to this person from the rule's state; each asks first and says what follows. */
export function StepButtons({ rule, rights }: { rule: RuleDetail; rights: Rights }) {
  const t = useTranslations('rules');
  const router = useRouter();
  const [asking, setAsking] = useState<StepName | null>(null);
  const { shown, draft } = rule;
  const done = (step: StepName) => () => {
    setAsking(null);
    toast({ title: t(`steps.${step}.done`, { name: shown.name }) });
  };
  const editHref = `/rules/${rule.ruleId}/edit`;
  useShortcuts([
    {
      keys: 'e',
      label: t('edit'),
      group: t('title'),
      run: () => router.push(editHref),
      disabled: !rights.edit,
    },
  ]);
  const ask = (step: StepName) => () => setAsking(step);
  const canStop = rights.activate && (shown.state === 'live' || shown.state === 'paused');
  const more: { step: StepName; icon: ReactNode }[] = [];
  if (canStop) more.push({ step: 'retire', icon: <IconArchive size={16} stroke={1.75} /> });
  if (rights.edit && draft) more.push({ step: 'discard', icon: <IconTrash size={16} stroke={1.75} /> });
  return (
    <>
      {rights.edit && (
        <Button
          component={Link}
          href={editHref}
          variant="default"
          leftSection={<IconPencil size={16} stroke={1.75} />}
        >
          {t(draft ? 'editDraft' : 'edit')}
        </Button>
      )}
      {canStop && shown.state === 'live' && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} stroke={1.75} />}
          onClick={ask('pause')}
        >
          {t('steps.pause.verb')}
        </Button>
      )}
      {canStop && shown.state === 'paused' && (
        <Button
          variant={draft ? 'default' : 'filled'}
          leftSection={<IconPlayerPlay size={16} stroke={1.75} />}
          onClick={ask('resume')}
        >
          {t('steps.resume.verb')}
        </Button>
      )}
      {draft && rights.activate && (
        <Button leftSection={<IconBolt size={16} stroke={1.75} />} onClick={ask('activate')}>
          {t('steps.activate.verbOf', { version: draft.version })}
        </Button>
      )}
      {draft && !rights.activate && <span className={styles.waits}>{t('waitsForSenior')}</span>}
      {more.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={8} aria-label={t('moreSteps')}>
              <IconDots size={16} stroke={1.75} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {more.map(({ step, icon }) => (
              <Menu.Item key={step} leftSection={icon} onClick={ask(step)}>
                {t(`steps.${step}.verb`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {asking === 'discard' && draft ? (
        <DiscardDialog rule={rule} close={() => setAsking(null)} done={done('discard')} />
      ) : (
        asking &&
        asking !== 'discard' && (
          <StepDialog step={asking} rule={rule} close={() => setAsking(null)} done={done(asking)} />
        )
      )}
    </>
  );
}

const stepActions = { pause: pauseRuleAction, resume: resumeRuleAction, retire: retireRuleAction };
type DialogProps = { rule: RuleDetail; close: () => void; done: () => void };

function StepDialog({
  step,
  rule,
  close,
  done,
}: DialogProps & { step: 'activate' | 'pause' | 'resume' | 'retire' }) {
  const t = useTranslations(`rules.steps.${step}`);
  const activate = useCommand(activateRuleAction, { done, failed: () => {} });
  const other = useCommand(stepActions[step === 'activate' ? 'pause' : step], { done, failed: () => {} });
  const { shown, draft, ruleId } = rule;
  const version = step === 'activate' ? draft! : shown;
  const replaces = step === 'activate' && shown.versionId !== version.versionId && shown.state !== 'retired';
  const consequences: Consequence[] = [
    {
      text: t('effect', { decision: version.actions.decision ?? 'NONE' }),
      warn: version.actions.decision === 'BLOCK' && step !== 'pause',
    },
    { text: replaces ? t('replaces', { version: shown.version }) : t('second') },
    { text: t('third') },
  ];
  const command = step === 'activate' ? activate : other;
  return (
    <ConfirmDialog
      opened
      onClose={close}
      title={t('question', { name: version.name, version: version.version })}
      verb={t('verb')}
      danger={step === 'retire'}
      reason="required"
      consequences={consequences}
      pending={command.pending}
      error={command.error ?? command.fieldError('reason') ?? null}
      onConfirm={(reason) =>
        step === 'activate'
          ? activate.run({ ruleId, versionId: version.versionId, revision: version.revision, reason })
          : other.run({ ruleId, versionId: version.versionId, reason })
      }
    />
  );
}

function DiscardDialog({ rule, close, done }: DialogProps) {
  const t = useTranslations('rules.steps.discard');
  const discard = useCommand(discardDraftAction, { done, failed: () => {} });
  const draft = rule.draft!;
  return (
    <ConfirmDialog
      opened
      onClose={close}
      title={t('question', { version: draft.version })}
      verb={t('verb')}
      danger
      consequences={[{ text: t('effect') }, { text: t('second') }]}
      pending={discard.pending}
      error={discard.error}
      onConfirm={() => discard.run({ ruleId: rule.ruleId, versionId: draft.versionId })}
    />
  );
}

'use client';

import { IconInbox } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { MouseEvent } from 'react';
import { KeyHint } from '@/components/key-hint';
import { PageState } from '@/components/page-state';
import { PanelState, problemOf } from '@/components/panel-state';
import type { Disposition, ListAlertsInput } from '@/domain/alerts/input';
import type { AlertDetail, AlertList } from '@/domain/alerts/queries';
import { AlertDetailView } from './alert-detail';
import { Queue } from './queue';
import styles from './triage.module.css';
import { type Person, useTriage } from './use-triage';
import { VerdictBar } from './verdict-bar';
import { BulkDialog, EscalateDialog } from './verdict-dialogs';

type Props = { input: ListAlertsInput; list: AlertList; detail?: AlertDetail; person: Person };
type Triaging = { triage: ReturnType<typeof useTriage>; person: Person };

/** Triage: queue, alert, verdict. */
export function Triage({ input, list, detail, person }: Props) {
  const t = useTranslations('alerts');
  const triage = useTriage(input, list, detail, person);
  const { queue, open, ticked, tick } = triage;
  return (
    <div data-vg-bleed className={styles.triage}>
      <Queue
        list={queue.list}
        groups={queue.groups}
        me={person.id}
        selected={open.selected}
        ticked={ticked}
        onTick={person.mayDecide ? tick : null}
        onOpen={(id, event) => openRow(event, () => open.choose(id))}
        onFold={queue.fold}
        onMore={queue.more}
      />
      <section className={styles.detail} aria-label={t('detail', { id: open.selected ?? '' })}>
        <div className={styles.detailScroll}>
          <OpenAlert triage={triage} person={person} />
        </div>
        {person.mayDecide && <Verdicts triage={triage} person={person} />}
      </section>
      <Dialogs triage={triage} person={person} />
    </div>
  );
}

function OpenAlert({ triage, person }: Triaging) {
  const t = useTranslations('alerts');
  const { open, lease, claim } = triage;
  const { detail, live, selected } = open;
  if (detail)
    return (
      <AlertDetailView
        detail={detail}
        lease={lease}
        me={person.id}
        mayDecide={person.mayDecide}
        onClaim={() => void claim(detail.alert.id)}
      />
    );
  if (selected === null)
    return (
      <PageState
        icon={<IconInbox size={24} stroke={1.75} />}
        title={t('chooseTitle')}
        hint={t('chooseHint')}
      />
    );
  return (
    <div className={styles.content}>
      <PanelState problem={problemOf(live)} height={320} retry={() => void live.refetch()} />
    </div>
  );
}

function Verdicts({ triage, person }: Triaging) {
  const t = useTranslations('alerts');
  const { queue, open, ticked, verdicts, at } = triage;
  const alert = open.detail?.alert;
  const taken = alert !== undefined && alert.holderId !== null && alert.holderId !== person.id;
  const decidable = alert !== undefined && alert.status !== 'decided' && !taken;
  const verdict = (disposition: Disposition) => {
    if (ticked.size > 0) triage.setBulk(disposition);
    else if (open.selected !== null) void verdicts.decide(open.selected, disposition);
  };
  const total = Math.max(queue.rows.length, queue.list.counts.matching);
  return (
    <VerdictBar
      disabled={ticked.size === 0 && !decidable}
      busy={verdicts.busy}
      onVerdict={verdict}
      onEscalate={() => triage.setEscalating(open.selected)}
      onUndo={() => void verdicts.undo()}
      end={
        ticked.size > 0 ? (
          <span className="vg-num">{t('selectedCount', { count: ticked.size })}</span>
        ) : (
          <>
            <KeyHint keys="J K" />
            {at >= 0 && <span className="vg-num">{t('position', { index: at + 1, total })}</span>}
          </>
        )
      }
    />
  );
}

function Dialogs({ triage }: Triaging) {
  const { escalating, setEscalating, bulk, setBulk, ticked, verdicts } = triage;
  return (
    <>
      <EscalateDialog
        id={escalating}
        onClose={() => setEscalating(null)}
        onConfirm={(note) => {
          if (escalating !== null) void verdicts.escalate(escalating, note);
          setEscalating(null);
        }}
      />
      <BulkDialog
        count={ticked.size}
        disposition={bulk}
        pending={verdicts.busy}
        onClose={() => setBulk(null)}
        onConfirm={() => {
          if (bulk) void verdicts.decideMany([...ticked], bulk);
          setBulk(null);
        }}
      />
    </>
  );
}

/** On a wide screen a click opens the alert beside the queue; on a phone, or with a modifier, the link leads to its page. */
function openRow(event: MouseEvent, show: () => void) {
  const asLink = event.metaKey || event.ctrlKey || event.shiftKey;
  if (asLink || window.matchMedia('(max-width: 767px)').matches) return;
  event.preventDefault();
  show();
}

import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconArchive,
  IconArrowUpCircle,
  IconBan,
  IconBolt,
  IconChartPie2,
  IconCheck,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconEye,
  IconFlagOff,
  IconGhost2,
  IconHelpCircle,
  IconInfoCircle,
  IconPlayerPause,
  IconUserCheck,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { ComponentType, ReactNode } from 'react';
import styles from './badge.module.css';

export type Tone = 'plain' | 'allowed' | 'review' | 'fraud' | 'fraudSolid' | 'blocked' | 'ok' | 'primary';
type Icon = ComponentType<{ size?: number | string; stroke?: number | string; className?: string }>;

/** `<Badge tone="ok" icon={IconBolt}>Live</Badge>`: tone + icon + word. Use a set below where there is one. */
export function Badge({
  tone = 'plain',
  icon: Mark,
  children,
}: {
  tone?: Tone;
  icon?: Icon;
  children: ReactNode;
}) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {Mark && <Mark size={12} stroke={2} className={styles.icon} aria-hidden />}
      {children}
    </span>
  );
}

const riskLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
const riskTones = ['plain', 'allowed', 'review', 'fraud', 'fraudSolid'] as const;

/** `<LevelMeter level="HIGH" />`: five bars, filled 1 to 5. Decorative: always beside a word or a score. */
export function LevelMeter({ level, size = 12 }: { level: string; size?: number }) {
  const filled = riskLevels.indexOf(level as (typeof riskLevels)[number]) + 1;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={styles.meter}
      data-level={filled}
    >
      {riskLevels.map((name, i) => (
        <rect
          key={name}
          x={i * 2.5}
          y={9.5 - i * 2.2}
          width={1.7}
          height={2.5 + i * 2.2}
          opacity={i < filled ? 1 : 0.28}
        />
      ))}
    </svg>
  );
}

/** `<RiskBadge level="HIGH" />` */
export function RiskBadge({ level }: { level: string }) {
  const t = useTranslations('badges.risk');
  const at = riskLevels.indexOf(level as (typeof riskLevels)[number]);
  return (
    <span className={styles.badge} data-tone={riskTones[at] ?? 'plain'}>
      <LevelMeter level={level} />
      {at < 0 ? level : t(level)}
    </span>
  );
}

type Entry = { tone: Tone; icon: Icon };

const decisions: Record<string, Entry> = {
  ALLOW: { tone: 'allowed', icon: IconCheck },
  REVIEW: { tone: 'review', icon: IconEye },
  BLOCK: { tone: 'blocked', icon: IconBan },
};
const severities: Record<string, Entry> = {
  ok: { tone: 'ok', icon: IconCircleCheck },
  info: { tone: 'allowed', icon: IconInfoCircle },
  warning: { tone: 'review', icon: IconAlertTriangle },
  critical: { tone: 'fraudSolid', icon: IconAlertOctagon },
  unknown: { tone: 'plain', icon: IconHelpCircle },
};
const alerts: Record<string, Entry> = {
  open: { tone: 'plain', icon: IconCircle },
  claimed: { tone: 'primary', icon: IconUserCheck },
  escalated: { tone: 'review', icon: IconArrowUpCircle },
  fraud: { tone: 'fraud', icon: IconAlertOctagon },
  good_alert: { tone: 'ok', icon: IconCircleCheck },
  false_positive: { tone: 'plain', icon: IconFlagOff },
};
const ruleStates: Record<string, Entry> = {
  draft: { tone: 'plain', icon: IconCircleDashed },
  in_review: { tone: 'review', icon: IconEye },
  approved: { tone: 'ok', icon: IconCircleCheck },
  shadow: { tone: 'allowed', icon: IconGhost2 },
  canary: { tone: 'primary', icon: IconChartPie2 },
  live: { tone: 'ok', icon: IconBolt },
  paused: { tone: 'plain', icon: IconPlayerPause },
  retired: { tone: 'plain', icon: IconArchive },
};
const outcomes: Record<string, Entry> = {
  fraud: { tone: 'fraud', icon: IconAlertOctagon },
  genuine: { tone: 'ok', icon: IconCircleCheck },
  unknown: { tone: 'plain', icon: IconHelpCircle },
};

function FromSet({ set, entries, value }: { set: string; entries: Record<string, Entry>; value: string }) {
  const t = useTranslations(`badges.${set}`);
  const entry = entries[value];
  if (!entry) return <Badge>{value}</Badge>;
  return (
    <Badge tone={entry.tone} icon={entry.icon}>
      {t(value)}
    </Badge>
  );
}

/** `<DecisionBadge decision="BLOCK" />` for ALLOW, REVIEW, BLOCK */
export function DecisionBadge({ decision }: { decision: string }) {
  return <FromSet set="decision" entries={decisions} value={decision} />;
}

/** `<SeverityBadge severity="warning" />` for ok, info, warning, critical, unknown in any letter case */
export function SeverityBadge({ severity }: { severity: string }) {
  return <FromSet set="severity" entries={severities} value={severity.toLowerCase()} />;
}

/** `<AlertBadge state="claimed" />` for states and dispositions of alerts, in any letter case */
export function AlertBadge({ state }: { state: string }) {
  return <FromSet set="alert" entries={alerts} value={state.toLowerCase()} />;
}

/** `<RuleBadge state="live" />` for the eight states of a rule version, in any letter case */
export function RuleBadge({ state }: { state: string }) {
  return <FromSet set="rule" entries={ruleStates} value={state.toLowerCase()} />;
}

/** `<OutcomeBadge fraud={true | false | null} />`: what a payment turned out to be */
export function OutcomeBadge({ fraud }: { fraud: boolean | null }) {
  const value = fraud === null ? 'unknown' : fraud ? 'fraud' : 'genuine';
  return <FromSet set="outcome" entries={outcomes} value={value} />;
}

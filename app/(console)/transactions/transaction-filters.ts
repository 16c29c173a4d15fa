'use client';

import { useTranslations } from 'next-intl';
import type { Filter } from '@/components/filter-bar';

const levels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'MINIMAL'];
const decisions = ['ALLOW', 'REVIEW', 'BLOCK'];
const channels = ['web', 'app', 'pos', 'atm', 'moto', 'phone', 'transfer', 'other'];
const labels = ['fraud', 'genuine', 'unknown'];

/** The filters of the payment list, named as in its address. */
export function useTransactionFilters(): Filter[] {
  const t = useTranslations('transactions');
  const badges = useTranslations('badges');
  return [
    {
      key: 'decision',
      label: t('decision'),
      kind: 'many',
      pinned: true,
      options: decisions.map((value) => ({ value, label: badges(`decision.${value}`) })),
    },
    {
      key: 'risk',
      label: t('risk'),
      kind: 'many',
      pinned: true,
      options: levels.map((value) => ({ value, label: badges(`risk.${value}`) })),
    },
    { key: 'days', label: t('filter.when'), kind: 'days', pinned: true },
    { key: 'amount', label: t('filter.amount'), kind: 'range', pinned: true },
    { key: 'user', label: t('customer'), kind: 'text', pinned: true },
    { key: 'merchant', label: t('merchant'), kind: 'text', pinned: true },
    { key: 'card', label: t('card'), kind: 'text' },
    { key: 'device', label: t('device'), kind: 'text' },
    { key: 'ip', label: t('ip'), kind: 'text' },
    { key: 'country', label: t('country'), kind: 'text' },
    {
      key: 'channel',
      label: t('channel'),
      kind: 'many',
      options: channels.map((value) => ({ value, label: t(`channels.${value}`) })),
    },
    { key: 'score', label: t('filter.score'), kind: 'range' },
    {
      key: 'label',
      label: t('label'),
      kind: 'many',
      options: labels.map((value) => ({ value, label: t(`labels.${value}`) })),
    },
    { key: 'from', label: t('filter.from'), kind: 'text' },
    { key: 'to', label: t('filter.to'), kind: 'text' },
  ];
}

import type { Registry } from 'prom-client';
import type { Readings } from './catalogue';
import { totalOf } from './registry';

/** What a process that decides payments has counted since it began. */
export type DecisionTotals = {
  ALLOW: number;
  REVIEW: number;
  BLOCK: number;
  /** Answered with what had been answered before. */
  repeated: number;
  /** Reads of busy merchants and addresses: from kept sums, or counted from their payments. */
  cache: { hits: number; misses: number };
};

const decisions = ['ALLOW', 'REVIEW', 'BLOCK'] as const;

/** Tells Prometheus of decisions, wherever they are made, and answers how the sampler is told. */
export const meterDecisions = (registry: Registry, read: () => DecisionTotals): (() => Readings) => {
  totalOf(
    registry,
    { name: 'vigil_decisions_total', help: 'Payments decided', labelNames: ['decision'] },
    () => decisions.map((decision) => ({ labels: { decision }, value: read()[decision] })),
  );
  totalOf(
    registry,
    { name: 'vigil_payments_repeated_total', help: 'Payments answered with their earlier answer' },
    () => [{ value: read().repeated }],
  );
  totalOf(
    registry,
    {
      name: 'vigil_feature_cache_reads_total',
      help: 'Reads of busy merchants and addresses: from kept sums (hit) or from their payments (miss)',
      labelNames: ['result'],
    },
    () => [
      { labels: { result: 'hit' }, value: read().cache.hits },
      { labels: { result: 'miss' }, value: read().cache.misses },
    ],
  );
  return () => {
    const { ALLOW, REVIEW, BLOCK, repeated, cache } = read();
    return {
      'pipeline.allowed': ALLOW,
      'pipeline.reviewed': REVIEW,
      'pipeline.blocked': BLOCK,
      'pipeline.repeated': repeated,
      'pipeline.cache_hits': cache.hits,
      'pipeline.cache_misses': cache.misses,
    };
  };
};

'use client';

import { useTranslations } from 'next-intl';
import { createContext, useContext, useMemo, useRef } from 'react';
import { QueryBuilder, type RuleGroupType } from 'react-querybuilder';
import { ruleFields } from '@/domain/rules/fields';
import type { RuleWords } from '@/domain/rules/words';
import { type BuilderGroup, emptyOperand } from './builder-query';
import { BuilderGroupControl } from './group-control';
import { BuilderRuleControl } from './rule-control';

export type FieldGroup = { group: string; items: { value: string; label: string }[] };
type Shared = {
  words: RuleWords;
  /** Every field by what it is about, for the pickers. */
  fields: FieldGroup[];
  /** Faults by builder id; empty until the person has tried to save. */
  faults: ReadonlyMap<string, { part: string; code: string }>;
};

const SharedContext = createContext<Shared | null>(null);

/** What all parts of the builder share. */
export function useBuilder(): Shared {
  const shared = useContext(SharedContext);
  if (!shared) throw new Error('outside of the builder');
  return shared;
}

const entities = ['payment', 'user', 'card', 'device', 'ip', 'merchant'] as const;
const controlElements = { ruleGroup: BuilderGroupControl, rule: BuilderRuleControl };
const plainFields = ruleFields.map(({ name }) => ({ name, value: name, label: name }));

type Props = {
  query: BuilderGroup;
  onChange: (query: BuilderGroup) => void;
  words: RuleWords;
  faults: Shared['faults'];
};

/** The condition builder: react-querybuilder holds the tree, our own controls draw it. */
export function Builder({ query, onChange, words, faults }: Props) {
  const t = useTranslations('rules.entities');
  const made = useRef(0);
  const fields = useMemo(
    () =>
      entities.map((entity) => ({
        group: t(entity),
        items: ruleFields
          .filter((field) => field.entity === entity)
          .map((field) => ({ value: field.name, label: words.field(field.name) })),
      })),
    [t, words],
  );
  const shared = useMemo(() => ({ words, fields, faults }), [words, fields, faults]);
  return (
    <SharedContext.Provider value={shared}>
      <QueryBuilder
        fields={plainFields}
        query={query as RuleGroupType}
        onQueryChange={(next) => onChange(next as BuilderGroup)}
        controlElements={controlElements}
        idGenerator={() => `n${made.current++}`}
        resetOnFieldChange={false}
        resetOnOperatorChange={false}
        addRuleToNewGroups
        enableMountQueryChange={false}
        getDefaultField={() => 'payment.amount'}
        getDefaultOperator={() => 'gte'}
        getDefaultValue={() => emptyOperand}
        maxLevels={5}
      />
    </SharedContext.Provider>
  );
}

import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import type { RunningTest } from '@/domain/ab-tests/arm';
import { log } from '@/domain/log';
import { checkModel, type Model } from '@/domain/models/model';
import { shippedModel } from '@/domain/models/shipped';
import { actionsSchema } from '@/domain/rules/actions';
import { parseCondition } from '@/domain/rules/conditions';
import type { RuleRow } from '@/domain/rules/fields';
import { compileRules, type RuleHit, type RuleVersion } from '@/domain/rules/ruleset';
import { type SettingKey, type SettingValue, settings } from '@/domain/settings/catalogue';
import type { Pattern, Severity, Thresholds } from './score';

/** Everything but the payment that a decision depends on. Immutable: a change makes a new one. */
export type DecisionRules = {
  /** Names this very set of rules, model, thresholds and rates; stored with each decision. */
  version: string;
  rules: (row: RuleRow) => RuleHit[];
  /** The champion's. */
  model: Model;
  /** The A/B test that runs; some customers' payments are scored by its challenger. */
  test: RunningTest | null;
  patterns: readonly Pattern[];
  thresholds: Thresholds;
  slaMinutes: Record<Severity, number>;
  baseCurrency: string;
  /** What one unit of a currency is worth in the base currency. */
  rates: Readonly<Record<string, number>>;
};

/** Rows as stored; JSON arrives as text, because clients differ in how they parse it. */
type Stored = Record<'rules' | 'patterns' | 'config', string> & Record<'model' | 'test', string | null>;

type StoredRule = Omit<RuleVersion, 'conditions' | 'actions'> & { conditions: unknown; actions: unknown };
type StoredPattern = { name: string; rules: unknown; review: number; block: number };

/** A rule that cannot be read must not stop payments: it is left out, and said so. */
function readableRule(stored: StoredRule): RuleVersion[] {
  const condition = parseCondition(stored.conditions);
  const actions = actionsSchema.safeParse(stored.actions);
  if (condition.ok && actions.success)
    return [{ ...stored, conditions: condition.condition, actions: actions.data }];
  log.error(
    { ruleId: stored.ruleId, versionId: stored.versionId },
    'a live rule cannot be read and is left out',
  );
  return [];
}

function readablePattern({ name, rules, review, block }: StoredPattern): Pattern[] {
  if (!Array.isArray(rules)) return [];
  const weighted = rules.flatMap((rule: { ruleId?: unknown; weight?: unknown }) =>
    typeof rule?.ruleId === 'number' && typeof rule.weight === 'number'
      ? [{ ruleId: rule.ruleId, weight: rule.weight }]
      : [],
  );
  return [{ name, rules: weighted, reviewThreshold: review, blockThreshold: block }];
}

type Champion = { id: number; name: string; version: string };
type StoredTest = { id: number; split: number; name: string; version: string; modelId: number | null };
/** Models as rows of `models`, which never change, have them, by their id. */
type LoadedModels = ReadonlyMap<number, Model | null>;

/** The model of a row, read unless it was before; null where it cannot be read. */
async function modelOf(
  sql: Sql,
  id: number,
  last: LoadedModels,
  now: Map<number, Model | null>,
): Promise<Model | null> {
  let model = last.get(id);
  if (model === undefined) {
    const [row] = await sql<{ parameters: string }[]>`
      select parameters::text as parameters from models where id = ${id}`;
    try {
      model = checkModel(JSON.parse(String(row?.parameters)) as Model);
    } catch (error) {
      log.error({ err: error, modelId: id }, 'a model cannot be read; the one before it decides');
      model = null;
    }
  }
  now.set(id, model);
  return model;
}

/** Who decides: the champion, and the challenger of the test that runs. The shipped model stands in for none. */
async function readModels(sql: Sql, stored: Stored, last: LoadedModels, now: Map<number, Model | null>) {
  const champion = stored.model === null ? null : (JSON.parse(stored.model) as Champion);
  const model = (champion && (await modelOf(sql, champion.id, last, now))) ?? shippedModel;
  const asked = stored.test === null ? null : (JSON.parse(stored.test) as StoredTest);
  if (!asked) return { model, test: null };
  const isShipped = asked.name === shippedModel.name && asked.version === shippedModel.version;
  const challenger = isShipped
    ? shippedModel
    : asked.modelId === null
      ? null
      : await modelOf(sql, asked.modelId, last, now);
  return { model, test: challenger && { id: asked.id, split: asked.split, challenger } };
}

const loadedModels = new WeakMap<DecisionRules, LoadedModels>();

function settingOf<K extends SettingKey>(config: Record<string, unknown>, key: K): SettingValue<K> {
  const parsed = settings[key].schema.safeParse(config[key]);
  return (parsed.success ? parsed.data : settings[key].initial) as SettingValue<K>;
}

/**
 * Reads the live rules, the champion, the running test, active patterns and settings in one statement, and the
 * parameters of models, which are many, only where `last` has not read them.
 */
export async function loadDecisionRules(sql: Sql, last?: DecisionRules): Promise<DecisionRules> {
  const [stored] = await sql<Stored[]>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('ruleId', rule_id, 'versionId', id, 'name', rule_name,
         'priority', priority, 'conditions', conditions, 'actions', actions, 'reasonCode', reason_code)
         order by priority, rule_id), '[]') from rule_versions where state = 'live')::text as rules,
      (select coalesce(jsonb_agg(jsonb_build_object('name', pattern_name, 'rules', rules,
         'review', review_threshold, 'block', block_threshold) order by pattern_name), '[]')
         from fraud_patterns where is_active)::text as patterns,
      (select jsonb_build_object('id', id, 'name', model_name, 'version', model_version) from models where is_champion)::text as model,
      (select jsonb_build_object('id', t.id, 'split', t.traffic_split, 'name', t.model_b, 'version', t.model_b_version, 'modelId', m.id)
         from model_ab_tests t left join models m on m.model_name = t.model_b and m.model_version = t.model_b_version
         where t.status = 'ACTIVE')::text as test,
      (select coalesce(jsonb_object_agg(config_key, config_value), '{}') from system_config
         where config_key like 'decision.%' or config_key like 'currency.%' or config_key = 'alert.sla_minutes')::text
         as config`;
  if (!stored) throw new Error('no answer from the database');
  const config = JSON.parse(stored.config) as Record<string, unknown>;
  const loaded = new Map<number, Model | null>();
  const { model, test } = await readModels(
    sql,
    stored,
    (last && loadedModels.get(last)) ?? new Map(),
    loaded,
  );
  const base = settingOf(config, 'currency.base');
  const decidedFrom = [stored.rules, stored.patterns, stored.config, model.name, model.version];
  if (test) decidedFrom.push(String(test.id), test.challenger.name, test.challenger.version);
  const rules: DecisionRules = {
    version: createHash('sha256').update(JSON.stringify(decidedFrom)).digest('hex').slice(0, 16),
    rules: compileRules((JSON.parse(stored.rules) as StoredRule[]).flatMap(readableRule)),
    model,
    test,
    patterns: (JSON.parse(stored.patterns) as StoredPattern[]).flatMap(readablePattern),
    thresholds: {
      reviewAt: settingOf(config, 'decision.review_at'),
      blockAt: settingOf(config, 'decision.block_at'),
      bands: settingOf(config, 'decision.risk_bands'),
    },
    slaMinutes: settingOf(config, 'alert.sla_minutes'),
    baseCurrency: base,
    rates: { ...settingOf(config, 'currency.rates'), [base]: 1 },
  };
  loadedModels.set(rules, loaded);
  return rules;
}

export type DecisionState = {
  /** What decides now. */
  current(): DecisionRules;
  /** Reads again; the last readable state stays when the database does not answer. */
  reload(): Promise<void>;
  /** For a notice on the channel: reads again when it says that something here has changed. */
  heard(payload: string): void;
  stop(): Promise<void>;
};

/**
 * Keeps the decision rules of this process up to date: read now, on the topics `rules` and `config`, and every ten
 * seconds. Rejects when the first read fails.
 * @param direct a connection past any pooler, for LISTEN; without it only the clock reloads, and whoever calls `heard`
 */
export async function watchDecisionRules(
  sql: Sql,
  options: { direct?: Sql; everyMs?: number; onReload?: (rules: DecisionRules) => void } = {},
): Promise<DecisionState> {
  let rules = await loadDecisionRules(sql);
  let reading: Promise<void> | null = null;
  const reload = (): Promise<void> => {
    reading ??= loadDecisionRules(sql, rules)
      .then((read) => {
        if (read.version !== rules.version) options.onReload?.(read);
        rules = read;
      })
      .catch((error: unknown) => log.warn({ err: error }, 'decision rules were not reloaded'))
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const heard = (payload: string): void => {
    // A read that is under way may have begun before the change.
    if (/"(rules|config)"/.test(payload)) void (reading ?? Promise.resolve()).then(reload);
  };
  const listening = await options.direct?.listen('vigil', heard);
  const timer = setInterval(reload, options.everyMs ?? 10_000);
  timer.unref();
  return {
    current: () => rules,
    reload,
    heard,
    stop: async () => {
      clearInterval(timer);
      await listening?.unlisten();
      await reading;
    },
  };
}

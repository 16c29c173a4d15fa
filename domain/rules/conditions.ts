import { z } from 'zod';
import { type Field, findField } from './fields';

/** Limits of one condition tree; they bound the cost of a rule and the size of its editor. */
export const conditionLimits = {
  depth: 6,
  nodes: 60,
  children: 20,
  values: 200,
  text: 100,
  number: 1e12,
} as const;

export const comparisons = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const;
export type Comparison = (typeof comparisons)[number];
export type Literal = number | string | boolean;

/** A union member per operator, so that each test of `op` narrows. */
type Each<Op extends string, Rest> = Op extends Op ? { op: Op } & Rest : never;

/** One test of one field against a literal (`value`) or against another field (`than`, times a factor). */
export type CompareCondition = Each<
  Comparison,
  { field: string; value?: Literal; than?: { field: string; times?: number } }
>;
export type LeafCondition =
  | CompareCondition
  | Each<'in' | 'notIn', { field: string; values: (number | string)[] }>
  | { op: 'between'; field: string; low: number; high: number }
  | Each<'missing' | 'present', { field: string }>;
export type GroupCondition = Each<'all' | 'any', { conditions: Condition[] }>;

/**
 * A rule's condition: a typed JSON tree over the field catalogue (`fields.ts`).
 * Null rule: a test of a missing value is unknown, and unknown never makes a rule fire. `not` of unknown
 * is unknown, `all` is false if one part is false, `any` is true if one part is true, as in SQL.
 */
export type Condition = GroupCondition | { op: 'not'; condition: Condition } | LeafCondition;

/** What can be wrong with a condition; worded in `messages` under `rules.conditionError`. */
export type ConditionErrorCode =
  | 'invalid'
  | 'too_deep'
  | 'too_large'
  | 'empty_group'
  | 'empty_list'
  | 'unknown_field'
  | 'unknown_operator'
  | 'operator_not_allowed'
  | 'type_mismatch'
  | 'required'
  | 'not_finite'
  | 'bad_text'
  | 'low_above_high'
  | 'same_field'
  | 'one_operand';

export type ConditionError = { path: (string | number)[]; code: ConditionErrorCode };

const coded = (code: ConditionErrorCode) => ({ error: code as string });
const finite = z
  .number(coded('not_finite'))
  .refine((n) => Math.abs(n) <= conditionLimits.number, coded('not_finite'));
const text = z
  .string(coded('type_mismatch'))
  .min(1, coded('required'))
  .max(conditionLimits.text, coded('bad_text'));
const field = z.string(coded('required')).min(1, coded('required')).max(100, coded('unknown_field'));

const node: z.ZodType<Condition> = z.lazy(() => {
  const conditions = z
    .array(node, coded('empty_group'))
    .min(1, coded('empty_group'))
    .max(conditionLimits.children, coded('too_large'));
  const values = z
    .array(z.union([finite, text], coded('type_mismatch')), coded('empty_list'))
    .min(1, coded('empty_list'))
    .max(conditionLimits.values, coded('too_large'));
  const compare = comparisons.map((op) =>
    z.strictObject({
      op: z.literal(op),
      field,
      value: z.union([finite, text, z.boolean()], coded('required')).optional(),
      than: z.strictObject({ field, times: finite.optional() }).optional(),
    }),
  );
  const shapes = [
    z.strictObject({ op: z.literal(['all', 'any']), conditions }),
    z.strictObject({ op: z.literal('not'), condition: node }),
    z.strictObject({ op: z.literal(['in', 'notIn']), field, values }),
    z.strictObject({ op: z.literal('between'), field, low: finite, high: finite }),
    z.strictObject({ op: z.literal(['missing', 'present']), field }),
  ] as const;
  return z.discriminatedUnion(
    'op',
    [...shapes, ...compare],
    coded('unknown_operator'),
  ) as z.ZodType<Condition>;
});

/** True when the raw tree stays within depth and node bounds; walks without recursion, so that no input can exhaust the stack. */
function withinBounds(raw: unknown): ConditionErrorCode | null {
  const open: { value: unknown; depth: number }[] = [{ value: raw, depth: 1 }];
  let seen = 0;
  while (open.length > 0) {
    const { value, depth } = open.pop()!;
    if (value === null || typeof value !== 'object') continue;
    if (depth > conditionLimits.depth) return 'too_deep';
    if (++seen > conditionLimits.nodes) return 'too_large';
    const { conditions, condition } = value as { conditions?: unknown; condition?: unknown };
    if (Array.isArray(conditions)) {
      if (conditions.length > conditionLimits.nodes) return 'too_large';
      for (const child of conditions) open.push({ value: child, depth: depth + 1 });
    }
    if (condition !== undefined) open.push({ value: condition, depth: depth + 1 });
  }
  return null;
}

const literalFault = (f: Field, value: Literal): ConditionErrorCode | null => {
  const type = f.type === 'text' ? 'string' : f.type;
  if (typeof value !== type) return 'type_mismatch';
  return typeof value === 'string' && f.pattern && !f.pattern.test(value) ? 'bad_text' : null;
};

type Path = (string | number)[];

function compareFault(c: CompareCondition, f: Field): [Path, ConditionErrorCode | null] {
  if (f.type !== 'number' && c.op !== 'eq' && c.op !== 'ne') return [['op'], 'operator_not_allowed'];
  if (c.value !== undefined && c.than !== undefined) return [['value'], 'one_operand'];
  if (c.value !== undefined) return [['value'], literalFault(f, c.value)];
  if (c.than === undefined) return [['value'], 'required'];
  const other = findField(c.than.field);
  if (!other) return [['than', 'field'], 'unknown_field'];
  if (other.type !== f.type) return [['than', 'field'], 'type_mismatch'];
  if (other.name === f.name) return [['than', 'field'], 'same_field'];
  const times = c.than.times ?? 1;
  if (f.type !== 'number' && c.than.times !== undefined) return [['than', 'times'], 'operator_not_allowed'];
  return [['than', 'times'], times === 0 ? 'not_finite' : null];
}

function* leafFaults(c: LeafCondition): Generator<[Path, ConditionErrorCode | null]> {
  const f = findField(c.field);
  if (!f) yield [['field'], 'unknown_field'];
  else if (c.op === 'in' || c.op === 'notIn') {
    if (f.type === 'boolean') yield [['op'], 'operator_not_allowed'];
    else for (const [i, value] of c.values.entries()) yield [['values', i], literalFault(f, value)];
  } else if (c.op === 'between') {
    if (f.type !== 'number') yield [['op'], 'operator_not_allowed'];
    else if (c.low > c.high) yield [['high'], 'low_above_high'];
  } else if (c.op !== 'missing' && c.op !== 'present') yield compareFault(c, f);
}

/** What the catalogue has against a tree of the right shape. */
function* typeFaults(c: Condition, path: Path): Generator<ConditionError> {
  if (c.op === 'all' || c.op === 'any') {
    for (const [i, child] of c.conditions.entries()) yield* typeFaults(child, [...path, 'conditions', i]);
  } else if (c.op === 'not') {
    yield* typeFaults(c.condition, [...path, 'condition']);
  } else {
    for (const [at, code] of leafFaults(c)) if (code) yield { path: [...path, ...at], code };
  }
}

const codes = new Set<string>([
  ...['invalid', 'too_deep', 'too_large', 'empty_group', 'empty_list', 'unknown_field', 'unknown_operator'],
  ...[
    'operator_not_allowed',
    'type_mismatch',
    'required',
    'not_finite',
    'bad_text',
    'low_above_high',
    'same_field',
    'one_operand',
  ],
]);
const toCode = (message: string): ConditionErrorCode =>
  codes.has(message) ? (message as ConditionErrorCode) : 'invalid';

/**
 * Parses a condition from outside. Returns the typed tree, or every fault with its path in the tree
 * (`['conditions', 1, 'value']`). Never throws, whatever the input.
 */
export function parseCondition(
  raw: unknown,
): { ok: true; condition: Condition } | { ok: false; errors: ConditionError[] } {
  const bound = withinBounds(raw);
  if (bound) return { ok: false, errors: [{ path: [], code: bound }] };
  const shape = node.safeParse(raw);
  if (!shape.success) {
    const errors = shape.error.issues.map((issue) => ({
      path: issue.path.map((p) => (typeof p === 'symbol' ? String(p) : p)),
      code: toCode(issue.message),
    }));
    return { ok: false, errors };
  }
  const errors = [...typeFaults(shape.data, [])];
  return errors.length > 0 ? { ok: false, errors } : { ok: true, condition: shape.data };
}

/** The same check as a zod schema, for inputs of commands: issues carry the code as message and the path inside the tree. */
export const conditionSchema = z.unknown().transform((raw, ctx): Condition => {
  const parsed = parseCondition(raw);
  if (parsed.ok) return parsed.condition;
  for (const { path, code } of parsed.errors) ctx.addIssue({ code: 'custom', path, message: code });
  return z.NEVER;
});

/** The names of all fields that a condition looks at, in order of first mention. */
export function fieldsOf(condition: Condition): string[] {
  const names = new Set<string>();
  const walk = (c: Condition) => {
    if (c.op === 'all' || c.op === 'any') {
      for (const child of c.conditions) walk(child);
    } else if (c.op === 'not') {
      walk(c.condition);
    } else {
      names.add(c.field);
      if ('than' in c && c.than) names.add(c.than.field);
    }
  };
  walk(condition);
  return [...names];
}

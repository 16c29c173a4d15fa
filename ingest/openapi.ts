import { z } from 'zod';
import { labelInput } from '@/domain/labels/input';
import { streamErrorCodes } from '@/domain/stream/error-codes';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import { outsideId, paymentFields } from '@/domain/transactions/input';
import { batchBytes, mostParts } from './batch/body';
import type { BatchAnswer, BatchResult } from './batch/results';
import { type ProblemBody, type ProblemCode, problemStatus } from './problems';
import type { LabelAnswer, LabelLine } from './routes/labels';
import type { Undecided } from './routes/transactions';

/** What the API answers to a payment. */
export const decisionAnswer = z.strictObject({
  transaction_id: z.string(),
  decision: z.enum(['ALLOW', 'REVIEW', 'BLOCK']),
  fraud_score: z.number().min(0).max(1),
  risk_level: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  reasons: z
    .array(z.string())
    .describe('One English sentence for each rule that fired, in the order of `rules`.'),
  rules: z.array(z.string()).describe('Rules that fired, such as `R-003`.'),
  patterns: z.array(z.string()).describe('Names of the patterns that fired.'),
  model: z.strictObject({ name: z.string(), version: z.string(), probability: z.number().min(0).max(1) }),
  latency_ms: z.number().min(0).describe('From the arrival of the payment until it was decided.'),
}) satisfies z.ZodType<DecisionAnswer>;

const wrongFields = z.array(z.strictObject({ field: z.string(), code: z.string(), message: z.string() }));

export const problemDetails = z.strictObject({
  type: z.string().describe('`urn:vigil:problem:` and the code of the problem.'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  errors: wrongFields.optional(),
  request_id: z.string(),
}) satisfies z.ZodType<ProblemBody>;

const streamError = z
  .strictObject({ code: z.enum(streamErrorCodes), message: z.string() })
  .describe('Why it was not decided.');

/** Where a payment stands that is kept and has no answer. */
export const undecidedAnswer = z.strictObject({
  transaction_id: z.string(),
  status: z
    .enum(['queued', 'dead', 'discarded'])
    .describe(
      '`queued`: it will be decided. `dead`: it could not be, until an operator puts it back. `discarded`: an operator has given it up.',
    ),
  error: streamError.optional(),
}) satisfies z.ZodType<Undecided>;

const resultOf = {
  line: z.int().min(1).describe('Its place in the array, or its line in NDJSON.'),
  transaction_id: z.string().optional().describe('Absent where none could be read.'),
};

/** What became of one payment of a batch. */
export const batchResult = z.discriminatedUnion('result', [
  z.strictObject({ ...resultOf, result: z.literal('accepted').describe('Kept; it will be decided.') }),
  z.strictObject({
    ...resultOf,
    result: z.literal('same').describe('The same payment is known already.'),
    status: z.enum(['queued', 'decided', 'dead', 'discarded']),
    answer: decisionAnswer.optional(),
    error: streamError.optional(),
  }),
  z.strictObject({
    ...resultOf,
    result: z.literal('conflict').describe('Its id is taken by another payment.'),
    errors: wrongFields,
  }),
  z.strictObject({ ...resultOf, result: z.literal('invalid'), errors: wrongFields }),
]) satisfies z.ZodType<BatchResult>;

const howMany = z.int().min(0);
export const batchReport = z.strictObject({
  accepted: howMany,
  same: howMany,
  conflict: howMany,
  invalid: howMany,
  results: z.array(batchResult).describe('One for each payment sent, in their order.'),
}) satisfies z.ZodType<BatchAnswer>;

/** What became of one label. */
export const labelLine = z.union([
  z.strictObject({
    ...resultOf,
    result: z
      .enum(['labelled', 'changed', 'same', 'unknown', 'archived'])
      .describe(
        '`labelled`: it had none. `changed`: it had the other. `same`: it was known, and since when stays. `unknown`: no payment that was decided has this id. `archived`: it is read-only now.',
      ),
  }),
  z.strictObject({ ...resultOf, result: z.literal('invalid'), errors: wrongFields }),
]) satisfies z.ZodType<LabelLine>;

export const labelReport = z.strictObject({
  labelled: howMany,
  changed: howMany,
  same: howMany,
  unknown: howMany,
  archived: howMany,
  invalid: howMany,
  results: z.array(labelLine).describe('One for each label sent, in their order.'),
}) satisfies z.ZodType<LabelAnswer>;

const check = z.enum(['ok', 'unavailable']);
export const healthAnswer = z.strictObject({
  status: check,
  checks: z.strictObject({ database: check, rules: check, partitions: check }),
});

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Json;
  return rest;
};

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const content = (name: string, type = 'application/json'): Json => ({ [type]: { schema: ref(name) } });

const headerText = { schema: { type: 'string' } };
const seconds = { schema: { type: 'integer', minimum: 1 }, description: 'Seconds after which to try again.' };

/** Refusals by status; several problems may share one. */
const refusals = (...codes: ProblemCode[]): Json => {
  const statuses = [...new Set(codes.map((code) => problemStatus[code]))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const names = codes.filter((code) => problemStatus[code] === status);
      const headers = status === 429 || status === 503 ? { 'Retry-After': seconds } : {};
      return [
        String(status),
        { description: names.join(', '), headers, content: content('Problem', 'application/problem+json') },
      ];
    }),
  );
};

const everywhere = ['unauthenticated', 'denied', 'too_many', 'unavailable', 'bad_request'] as const;

const answered = (description: string, name: string): Json => ({
  description,
  headers: { 'X-Request-Id': headerText },
  content: content(name),
});

const decidePayment = {
  operationId: 'decidePayment',
  summary: 'Decide a payment',
  description:
    'Decides a payment once. The same payment under the same id is given the same answer byte for byte; another payment under that id is a conflict. Needs the scope `ingest`.',
  requestBody: { required: true, content: content('Payment') },
  responses: {
    200: answered('The decision', 'Decision'),
    ...refusals(
      ...everywhere,
      'invalid_json',
      'invalid',
      'conflict',
      'too_large',
      'unsupported_media_type',
      'unprocessable',
    ),
  },
};

const queueBatch = {
  operationId: 'queueBatch',
  summary: 'Queue a batch of payments',
  description: `Keeps up to ${mostParts} payments (${batchBytes / 1024 / 1024} MiB) for a worker to decide, and says of each what became of it. The same batch again changes nothing. After 503 send the whole batch again. Needs the scope \`ingest\`.`,
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'array', items: ref('Payment'), minItems: 1, maxItems: mostParts },
      },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'One payment, as JSON, on each line.' },
      },
    },
  },
  responses: {
    202: answered('The batch was read: one result for each payment, also when none was accepted', 'Batch'),
    ...refusals(...everywhere, 'invalid_json', 'invalid', 'too_large', 'unsupported_media_type'),
  },
};

const setLabels = {
  operationId: 'setLabels',
  summary: 'Say what payments turned out to be',
  description: `One label, or up to ${mostParts} of them (${batchBytes / 1024 / 1024} MiB). They correct reports, rule and model figures, and count for later payments from now on. Sent again they change nothing; a later verdict replaces an earlier one. Of a single label that cannot be read the answer is 400. Needs the scope \`labels\`.`,
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          oneOf: [ref('Label'), { type: 'array', items: ref('Label'), minItems: 1, maxItems: mostParts }],
        },
      },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'One label, as JSON, on each line.' },
      },
    },
  },
  responses: {
    200: answered('The labels were read: one result for each', 'Labels'),
    ...refusals(...everywhere, 'invalid_json', 'invalid', 'too_large', 'unsupported_media_type'),
  },
};

const getDecision = {
  operationId: 'getDecision',
  summary: 'The answer that a payment was given, or where it stands',
  description:
    'The answer as it was given, for as long as it is kept (30 days); of a payment that was queued and has no answer, where it stands. Needs the scope `read`.',
  parameters: [{ name: 'id', in: 'path', required: true, schema: schemaOf(outsideId) }],
  responses: {
    200: answered('The decision', 'Decision'),
    202: answered('Known and not decided', 'Undecided'),
    ...refusals(...everywhere, 'not_found'),
  },
};

const getHealth = {
  operationId: 'getHealth',
  summary: 'Whether payments can be decided',
  security: [],
  responses: {
    200: answered('Payments are decided', 'Health'),
    503: { ...answered('Payments cannot be decided now', 'Health'), headers: { 'Retry-After': seconds } },
  },
};

const getDescription = {
  operationId: 'getDescription',
  summary: 'This description',
  security: [],
  responses: {
    200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};

/** The API as OpenAPI 3.1; bodies come from the schemas that read and type them. */
export const openApi = (): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Vigil decision API',
    version: '1',
    description: 'Sends payments to Vigil and gets a decision for each, once, explained.',
  },
  servers: [{ url: '/' }],
  security: [{ apiKey: [] }],
  paths: {
    '/api/v1/transactions': { post: decidePayment },
    '/api/v1/transactions/batch': { post: queueBatch },
    '/api/v1/transactions/{id}': { get: getDecision },
    '/api/v1/labels': { post: setLabels },
    '/api/v1/health': { get: getHealth },
    '/api/v1/openapi.json': { get: getDescription },
  },
  components: {
    securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `vgl_…`.' } },
    schemas: {
      Payment: schemaOf(paymentFields),
      Decision: schemaOf(decisionAnswer),
      Batch: schemaOf(batchReport),
      Label: schemaOf(labelInput),
      Labels: schemaOf(labelReport),
      Undecided: schemaOf(undecidedAnswer),
      Problem: schemaOf(problemDetails),
      Health: schemaOf(healthAnswer),
    },
  },
});

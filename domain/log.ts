import pino from 'pino';

/** An error as it may be written down: Drizzle puts the parameters, which may be secrets, into message and stack. */
const errorForLog = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { message: String(error) };
  const { query, cause, code } = error as Error & { query?: unknown; code?: unknown };
  const message = typeof query === 'string' ? 'query failed' : error.message;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    name: error.name,
    message,
    code,
    query,
    stack: frames.join('\n'),
    ...(cause ? { cause: errorForLog(cause) } : {}),
  };
};

/** The process's log: JSON lines; what could be a secret is cut out by name. */
export const log = pino({
  level: process.env.VIGIL_LOG_LEVEL ?? 'info',
  base: { process: process.env.VIGIL_PROCESS ?? 'cli' },
  serializers: { err: errorForLog },
  redact: {
    paths: [
      'password',
      '*.password',
      'token',
      '*.token',
      'authorization',
      '*.authorization',
      'cookie',
      '*.cookie',
    ],
    censor: '[redacted]',
  },
});

import pino from 'pino';

/** The process's log: JSON lines; what could be a secret is cut out by name. */
export const log = pino({
  level: process.env.VIGIL_LOG_LEVEL ?? 'info',
  base: { process: process.env.VIGIL_PROCESS ?? 'cli' },
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

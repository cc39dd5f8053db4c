import type { BaseLogger } from 'pino';

/** What telemetry needs of a logger: pino and Fastify's both fit. */
export type Log = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>;

import { availableParallelism } from 'node:os';
import { COMMON_ENVIRONMENT, checkRedisUrl, type EnvironmentOf, faultSettings, loadConfig } from '@penstock/service-kit';
import Type from 'typebox';

const MEBIBYTE = 1024 * 1024;

/** Everything the engine reads from its environment. */
export const ENGINE_ENVIRONMENT = Type.Object({
  ...COMMON_ENVIRONMENT,
  ENGINE_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65_535, description: 'Port of the engine; 0: any free one' }),
  DATA_DIR: Type.String({
    default: './.data',
    minLength: 1,
    description: 'Folder of the embedded database and the data sets, relative to the working directory. One engine at a time',
  }),
  POSTGRES_URL: Type.Optional(
    Type.String({ description: 'postgres://user:password@host:port/database. Unset: the embedded PGlite in DATA_DIR' }),
  ),
  CACHE_MAX_BYTES: Type.Integer({
    default: 256 * MEBIBYTE,
    minimum: 1,
    maximum: 2 ** 40,
    description: 'Bytes that the result cache in the process may hold. Redis has its own bound (maxmemory)',
  }),
  CACHE_TTL_S: Type.Integer({
    default: 86_400,
    minimum: 1,
    maximum: 31_536_000,
    description: 'Seconds until a cached result is forgotten; the stored one stays',
  }),
  WORKERS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 256,
      description:
        'Threads that compute analyses. Unset: all cores but one, at least 2, so that one slow analysis blocks no other',
    }),
  ),
  WORKER_QUEUE: Type.Integer({
    default: 128,
    minimum: 0,
    maximum: 100_000,
    description: 'Analyses that may wait for a thread; more are refused with 503 and Retry-After',
  }),
  WORKER_QUEUE_ADAPTIVE: Type.Boolean({
    default: true,
    description:
      'true: the queue gets shorter while deadlines pass in it, and its newest goes first while callers give up waiting; false: always WORKER_QUEUE long, first come, first served',
  }),
  WORKER_MEMORY_MB: Type.Integer({
    default: 2048,
    minimum: 64,
    maximum: 1_048_576,
    description:
      'Megabytes of heap of one thread, and of the largest design (8 bytes for each row and column) that it may build outside that heap; an analysis that needs more is refused with 422, the others go on',
  }),
  ANALYSIS_TIMEOUT_MS: Type.Integer({
    default: 600_000,
    minimum: 1,
    maximum: 86_400_000,
    description: 'Longest time that one analysis may take, whatever deadline its caller gives',
  }),
});
export type EngineConfig = EnvironmentOf<typeof ENGINE_ENVIRONMENT>;

export const workersOf = ({ WORKERS }: EngineConfig): number => WORKERS ?? Math.max(2, availableParallelism() - 1);

/** @throws ConfigError with one line for each variable that is wrong */
export function loadEngineConfig(env: Readonly<Record<string, string | undefined>>): EngineConfig {
  const config = loadConfig(ENGINE_ENVIRONMENT, env, {
    ownPrefixes: ['ENGINE_', 'WORKERS', 'WORKER_', 'ANALYSIS_', 'CACHE_', 'DRAIN_'],
    foreign: ['ENGINE_URL'],
  });
  // Refused before anything is opened, where it is refused.
  faultSettings(config);
  checkRedisUrl(config.REDIS_URL);
  return config;
}

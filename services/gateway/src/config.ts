import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { COMMON_ENVIRONMENT, ConfigError, checkRedisUrl, type EnvironmentOf, loadConfig } from '@penstock/service-kit';
import Type from 'typebox';
import { ADMISSION_VARIABLES } from './environment/admission.ts';
import { BREAKER_VARIABLES } from './environment/breaker.ts';
import { BULKHEAD_VARIABLES } from './environment/bulkhead.ts';
import { CONCURRENCY_VARIABLES } from './environment/concurrency.ts';
import { ENGINE_VARIABLES, engineUrls } from './environment/engines.ts';
import { HEDGE_VARIABLES } from './environment/hedge.ts';
import { RETRY_VARIABLES } from './environment/retry.ts';
import { SHARED_STATE_VARIABLES } from './environment/shared-state.ts';
import { jaegerUi, STATUS_VARIABLES } from './environment/status.ts';
import { THROTTLE_VARIABLES } from './environment/throttle.ts';
import { TIME_VARIABLES } from './environment/times.ts';

/** Everything that the gateway reads from its environment. */
export const GATEWAY_ENVIRONMENT = Type.Object({
  ...COMMON_ENVIRONMENT,
  PENSTOCK_CONFIG: Type.Optional(
    Type.String({
      description:
        'Environment file that SIGHUP and POST /admin/reload read; its values then win over the environment. Default: .env',
    }),
  ),
  ...ENGINE_VARIABLES,
  ...BREAKER_VARIABLES,
  ...BULKHEAD_VARIABLES,
  ...CONCURRENCY_VARIABLES,
  ...THROTTLE_VARIABLES,
  ...HEDGE_VARIABLES,
  ...RETRY_VARIABLES,
  ...TIME_VARIABLES,
  ...ADMISSION_VARIABLES,
  ...SHARED_STATE_VARIABLES,
  ...STATUS_VARIABLES,
});

export type GatewayConfig = Omit<EnvironmentOf<typeof GATEWAY_ENVIRONMENT>, 'ENGINE_URL' | 'JAEGER_UI_URL'> & {
  /** At least one, each once. */
  readonly ENGINE_URL: readonly URL[];
  readonly JAEGER_UI_URL: URL | undefined;
};

type Limits = Pick<GatewayConfig, 'CONCURRENCY_MIN' | 'CONCURRENCY_MAX' | 'CONCURRENCY_INITIAL'>;

/** Prefixes of which an unknown variable is taken for a misspelling. None that other programs use. */
const OWN_PREFIXES = [
  'GATEWAY_',
  'PENSTOCK_',
  'BREAKER_',
  'BULKHEAD_',
  'CONCURRENCY_',
  'THROTTLE_',
  'HEDGE_',
  'RETRY_',
  'ATTEMPT_TIMEOUT',
  'TOTAL_TIMEOUT',
  'TOTAL_FLOOR',
  'BALANCE_',
  'DRAIN_',
  'RATE_LIMIT_',
  'OVERLOAD_',
  'IDEMPOTENCY_',
  'COALESCE_',
  'STALE_',
];

/** @throws ConfigError naming variable, value and what is accepted */
export function readConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const config = loadConfig(GATEWAY_ENVIRONMENT, env, { ownPrefixes: OWN_PREFIXES });
  if (config.RETRY_BASE_MS > config.RETRY_CAP_MS) {
    throw new ConfigError(
      `RETRY_BASE_MS: received "${config.RETRY_BASE_MS}", accepted: at most RETRY_CAP_MS, which is ${config.RETRY_CAP_MS}`,
    );
  }
  checkRedisUrl(config.REDIS_URL);
  checkConcurrency(config);
  return Object.freeze({
    ...config,
    ENGINE_URL: engineUrls(config.ENGINE_URL ?? `http://127.0.0.1:${config.ENGINE_PORT}`),
    JAEGER_UI_URL: jaegerUi(config.JAEGER_UI_URL),
  });
}

function checkConcurrency({ CONCURRENCY_MIN: min, CONCURRENCY_MAX: max, CONCURRENCY_INITIAL: initial = max }: Limits): void {
  if (min > max) {
    throw new ConfigError(`CONCURRENCY_MIN: received "${min}", accepted: at most CONCURRENCY_MAX, which is ${max}`);
  }
  if (initial < min || initial > max) {
    throw new ConfigError(
      `CONCURRENCY_INITIAL: received "${initial}", accepted: from CONCURRENCY_MIN to CONCURRENCY_MAX, ${min} to ${max}`,
    );
  }
}

/**
 * The environment with the file of `PENSTOCK_CONFIG` over it, as a reload sees it. Without that variable `.env` is
 * read where it exists.
 * @throws ConfigError for a named file that cannot be read
 */
export function environmentNow(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const named = env.PENSTOCK_CONFIG === undefined || env.PENSTOCK_CONFIG === '' ? undefined : env.PENSTOCK_CONFIG;
  try {
    return { ...env, ...parseEnv(readFileSync(named ?? '.env', 'utf8')) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (named === undefined && code === 'ENOENT') return { ...env };
    throw new ConfigError(`PENSTOCK_CONFIG: received ${JSON.stringify(named ?? '.env')}, which cannot be read: ${message}`);
  }
}

import { COMMON_ENVIRONMENT, ConfigError, type EnvironmentOf, loadConfig } from '@penstock/service-kit';
import Type from 'typebox';

/** Everything that the gateway reads from its environment. */
export const GATEWAY_ENVIRONMENT = Type.Object({
  ...COMMON_ENVIRONMENT,
  GATEWAY_PORT: Type.Integer({ default: 8082, minimum: 0, maximum: 65_535, description: 'Port of the gateway' }),
  ENGINE_URL: Type.Optional(Type.String({ description: 'Base URL of the engine. Default: http://127.0.0.1 and ENGINE_PORT' })),
  ENGINE_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'Port of the engine; the gateway uses it when ENGINE_URL is not set',
  }),
  BREAKER_THRESHOLD: Type.Integer({
    default: 5,
    minimum: 1,
    maximum: 1000,
    description: 'Failed calls in a row that open the breaker',
  }),
  BREAKER_OPEN_MS: Type.Integer({
    default: 60_000,
    minimum: 10,
    maximum: 3_600_000,
    description: 'Longest break: after it a call is let through at the latest',
  }),
  BREAKER_FIRST_OPEN_RATIO: Type.Number({
    default: 0.5,
    minimum: 0.01,
    maximum: 1,
    description: 'The first break as a share of BREAKER_OPEN_MS; repeated trips grow it',
  }),
  BREAKER_OPEN_FACTOR: Type.Number({
    default: 2,
    minimum: 1,
    maximum: 10,
    description: 'Growth of the break from one trip to the next',
  }),
  BREAKER_OPEN_JITTER: Type.Number({
    default: 0.2,
    minimum: 0,
    maximum: 0.9,
    description: 'Each break is shortened at random by up to this share',
  }),
  BREAKER_PROBES: Type.Integer({
    default: 3,
    minimum: 1,
    maximum: 100,
    description: 'Calls let through at once while half-open',
  }),
  BREAKER_PROBE_SUCCESSES: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 100,
    description: 'Successful probes that close the breaker',
  }),
  BREAKER_PROBE_LEASE_MS: Type.Integer({
    default: 30_000,
    minimum: 10,
    maximum: 3_600_000,
    description: 'A probe without an outcome after this time counts as a failure',
  }),
  BREAKER_ABANDONED_AFTER_MS: Type.Integer({
    default: 10_000,
    minimum: 0,
    maximum: 3_600_000,
    description: 'A client that gives up after waiting this long leaves a failure behind',
  }),
  RETRY_ATTEMPTS: Type.Integer({ default: 3, minimum: 1, maximum: 20, description: 'Attempts in all, the first included' }),
  RETRY_BASE_MS: Type.Integer({ default: 1000, minimum: 0, maximum: 3_600_000, description: 'Wait before the first retry' }),
  RETRY_FACTOR: Type.Number({ default: 2, minimum: 1, maximum: 10, description: 'Growth of the wait from retry to retry' }),
  RETRY_CAP_MS: Type.Integer({ default: 60_000, minimum: 0, maximum: 3_600_000, description: 'Longest wait between attempts' }),
  RETRY_JITTER: Type.Enum(['none', 'proportional', 'equal', 'full', 'decorrelated'], {
    default: 'proportional',
    description: 'How waits are spread',
  }),
  RETRY_JITTER_RATIO: Type.Number({
    default: 0.2,
    minimum: 0,
    maximum: 1,
    description: 'Spread of proportional jitter: 0.2 is ±20 %',
  }),
  RETRY_BUDGET_CAPACITY: Type.Number({
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Retries that the budget holds at most; it starts full',
  }),
  RETRY_BUDGET_PER_SUCCESS: Type.Number({
    default: 0.5,
    minimum: 0,
    maximum: 100,
    description: 'Retries that a successful call adds to the budget',
  }),
  RETRY_BUDGET_PER_SECOND: Type.Number({
    default: 10,
    minimum: 0,
    maximum: 100_000,
    description: 'Retries that each second adds to the budget',
  }),
  ATTEMPT_TIMEOUT_MS: Type.Integer({
    default: 120_000,
    minimum: 1,
    maximum: 3_600_000,
    description: 'Longest time of one attempt',
  }),
  TOTAL_TIMEOUT_MS: Type.Integer({
    default: 150_000,
    minimum: 1,
    maximum: 3_600_000,
    description: 'Longest time of a request, waits included; clients may ask for less',
  }),
  UPLOAD_IDLE_MS: Type.Integer({
    default: 30_000,
    minimum: 1,
    maximum: 3_600_000,
    description: 'How long the sender of an upload may be silent; after it the upload is refused with 408',
  }),
  CONNECT_TIMEOUT_MS: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 600_000,
    description: 'Longest time for a connection to the engine to be set up',
  }),
  POOL_CONNECTIONS: Type.Integer({ default: 128, minimum: 1, maximum: 10_000, description: 'Connections to the engine at most' }),
});

export type GatewayConfig = Omit<EnvironmentOf<typeof GATEWAY_ENVIRONMENT>, 'ENGINE_URL'> & { readonly ENGINE_URL: URL };

/** Prefixes of which an unknown variable is taken for a misspelling. None that other programs use. */
const OWN_PREFIXES = ['GATEWAY_', 'BREAKER_', 'RETRY_', 'ATTEMPT_TIMEOUT', 'TOTAL_TIMEOUT', 'DRAIN_'];

/** @throws ConfigError naming variable, value and what is accepted */
export function readConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const config = loadConfig(GATEWAY_ENVIRONMENT, env, { ownPrefixes: OWN_PREFIXES });
  if (config.RETRY_BASE_MS > config.RETRY_CAP_MS) {
    throw new ConfigError(
      `RETRY_BASE_MS: received "${config.RETRY_BASE_MS}", accepted: at most RETRY_CAP_MS, which is ${config.RETRY_CAP_MS}`,
    );
  }
  return Object.freeze({ ...config, ENGINE_URL: engineUrl(config.ENGINE_URL ?? `http://127.0.0.1:${config.ENGINE_PORT}`) });
}

function engineUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new ConfigError(
      `ENGINE_URL: received ${JSON.stringify(text)}, accepted: an http URL without path, such as http://127.0.0.1:8080`,
    );
  }
  return url;
}

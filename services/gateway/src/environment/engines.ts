import { BALANCE_DEFAULTS } from '@penstock/resilience';
import { ConfigError } from '@penstock/service-kit';
import Type from 'typebox';
import { count, HOUR_MS, mode, real } from './variables.ts';

export const ENGINE_VARIABLES = {
  GATEWAY_PORT: count(8082, 0, 65_535, 'Port of the gateway'),
  ENGINE_URL: Type.Optional(
    Type.String({
      description: 'Base URL of the engine, or of several, separated by commas. Default: http://127.0.0.1 and ENGINE_PORT',
    }),
  ),
  ENGINE_PORT: count(8080, 0, 65_535, 'Port of the engine; the gateway uses it when ENGINE_URL is not set'),
  POOL_CONNECTIONS: count(128, 1, 10_000, 'Connections to each engine at most'),
  BALANCE_MODE: mode('Choice among several engines by what they have to do (else they take turns)'),
  BALANCE_LOAD_WEIGHT: real(
    BALANCE_DEFAULTS.loadWeight,
    0,
    1000,
    'What a task that an engine reports (Penstock-Load) counts against a call of ours in flight',
  ),
  BALANCE_LOAD_TTL_MS: count(BALANCE_DEFAULTS.loadTtlMs, 0, HOUR_MS, 'After this a reported load is forgotten'),
  BALANCE_PROBE_EVERY_MS: count(BALANCE_DEFAULTS.probeEveryMs, 0, HOUR_MS, 'How often a half-open engine gets a call'),
  BALANCE_REST_MS: count(
    BALANCE_DEFAULTS.restMs,
    0,
    HOUR_MS,
    'How long an engine that refused a connection gets no other call where another engine takes calls',
  ),
} as const;

/**
 * The engines of `ENGINE_URL`, in its order.
 * @throws ConfigError for what is not an http URL without path, and for one that is listed twice
 */
export function engineUrls(list: string): readonly URL[] {
  const urls = list.split(',').map((text) => engineUrl(text.trim()));
  const twice = urls.find((url, at) => urls.findIndex(({ origin }) => origin === url.origin) !== at);
  if (twice !== undefined) throw new ConfigError(`ENGINE_URL: received ${twice.origin} twice, accepted: each engine once`);
  return Object.freeze(urls);
}

function engineUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new ConfigError(
      `ENGINE_URL: received ${JSON.stringify(text)}, accepted: an http URL without path, such as http://127.0.0.1:8080, or several, separated by commas`,
    );
  }
  return url;
}

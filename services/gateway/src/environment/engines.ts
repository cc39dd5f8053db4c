import Type from 'typebox';
import { count } from './variables.ts';

export const ENGINE_VARIABLES = {
  GATEWAY_PORT: count(8082, 0, 65_535, 'Port of the gateway'),
  ENGINE_URL: Type.Optional(Type.String({ description: 'Base URL of the engine. Default: http://127.0.0.1 and ENGINE_PORT' })),
  ENGINE_PORT: count(8080, 0, 65_535, 'Port of the engine; the gateway uses it when ENGINE_URL is not set'),
  POOL_CONNECTIONS: count(128, 1, 10_000, 'Connections to each engine at most'),
} as const;

import { count } from './variables.ts';

export const SHARED_STATE_VARIABLES = {
  REDIS_TIMEOUT_MS: count(250, 10, 10_000, 'How long a request waits for Redis (REDIS_URL) at most; then it counts as away'),
} as const;

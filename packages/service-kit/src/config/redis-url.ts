import { ConfigError } from './config-error.ts';

/** @throws ConfigError for what is not the URL of a Redis; the value is not repeated, as it may hold a password */
export function checkRedisUrl(text: string | undefined): void {
  if (text === undefined) return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return;
  throw new ConfigError(
    'REDIS_URL: received what is no URL of a Redis, accepted: redis://host:port or rediss://host:port, with user:password@ before the host where needed',
  );
}

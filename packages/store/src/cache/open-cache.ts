import type { Cache, CacheOptions } from './cache.ts';
import { memoryCache } from './memory-cache.ts';
import { redisCache } from './redis-cache.ts';

/** Redis where an address is given, else an in-process LRU bounded by bytes. Never waits for the server. */
export function openCache(options: CacheOptions): Cache {
  return options.redisUrl === undefined ? memoryCache(options.maxBytes) : redisCache(options.redisUrl, options);
}

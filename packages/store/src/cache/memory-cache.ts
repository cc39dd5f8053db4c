import { LRUCache } from 'lru-cache';
import type { Cache } from './cache.ts';

/** Least recently used entries go first; an entry above a quarter of the bound is not kept at all. */
export function memoryCache(maxBytes: number): Cache {
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
    throw new RangeError(`maxBytes must be a whole number above 0, got ${maxBytes}`);
  }
  const entries = new LRUCache<string, Buffer>({
    maxSize: maxBytes,
    maxEntrySize: Math.max(1, Math.floor(maxBytes / 4)),
    sizeCalculation: (value, key) => value.byteLength + Buffer.byteLength(key) + 1,
  });
  return {
    kind: 'memory',
    get: async (key) => entries.get(key),
    set: async (key, value, ttlS) => {
      // A copy: a slice of a large buffer would keep all of it alive, uncounted.
      entries.set(key, Buffer.from(value), { ttl: Math.max(1, Math.round(ttlS * 1000)) });
    },
    stats: () => ({ size: entries.calculatedSize, capacity: maxBytes }),
    ping: async () => undefined,
    close: async () => entries.clear(),
  };
}

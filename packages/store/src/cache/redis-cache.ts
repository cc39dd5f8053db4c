import { Redis } from 'ioredis';
import type { Cache } from './cache.ts';

const CONNECT_TIMEOUT_MS = 1000;
const LONGEST_RECONNECT_MS = 2000;

interface RedisCacheOptions {
  readonly onError: (error: Error) => void;
  readonly commandTimeoutMs?: number;
}

/**
 * Fails at once instead of queueing while the server is away (offline queue off, no resends), and reconnects by itself
 * after 50 ms, doubling up to 2 s.
 */
export function redisCache(url: string, { onError, commandTimeoutMs = 250 }: RedisCacheOptions): Cache {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times - 1, 10), LONGEST_RECONNECT_MS),
  });
  redis.on('error', (error: Error) => onError(error));
  let memory: { size: number; capacity: number | null } = { size: 0, capacity: null };

  return {
    kind: 'redis',
    async get(key) {
      try {
        return (await redis.getBuffer(key)) ?? undefined;
      } catch (error) {
        onError(asError(error));
        return undefined;
      }
    },
    async set(key, value, ttlS) {
      try {
        await redis.set(key, value, 'PX', Math.max(1, Math.round(ttlS * 1000)));
      } catch (error) {
        onError(asError(error));
      }
    },
    stats: () => memory,
    async ping() {
      memory = readMemory(await redis.info('memory'));
    },
    async close() {
      // Nothing waits to be written, so nothing is lost by not saying goodbye to a server that may be gone.
      redis.disconnect();
    },
  };
}

function readMemory(info: string): { size: number; capacity: number | null } {
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const capacity = field('maxmemory');
  return { size: field('used_memory'), capacity: capacity === 0 ? null : capacity };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

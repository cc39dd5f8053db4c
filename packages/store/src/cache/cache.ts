/** A cache that never fails a request: whatever goes wrong is a miss, told to `onError`. */
export interface Cache {
  readonly kind: 'redis' | 'memory';
  get(key: string): Promise<Buffer | undefined>;
  /** @param ttlS seconds until the entry is gone, above 0 */
  set(key: string, value: Buffer, ttlS: number): Promise<void>;
  /**
   * Bytes held and bytes allowed (null: no bound). Of Redis: the whole server's `used_memory` and `maxmemory`
   * as of the last `ping`.
   */
  stats(): { size: number; capacity: number | null };
  /** Rejects when the server does not answer; the memory cache always resolves. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CacheOptions {
  /** Absent: the in-process cache. */
  readonly redisUrl?: string;
  /** Bytes the in-process cache may hold, keys included. */
  readonly maxBytes: number;
  /** Told of every failed command and of every lost connection. Must not throw. */
  readonly onError: (error: Error) => void;
  /** Milliseconds that one Redis command may take before it counts as a miss. Default 250. */
  readonly commandTimeoutMs?: number;
}

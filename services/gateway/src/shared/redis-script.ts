import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script over one key, run by Redis as one step; its text is sent where the server does not know it yet. */
export class RedisScript {
  readonly #lua: string;
  readonly #sha: string;

  constructor(lua: string) {
    this.#lua = lua;
    // Not for secrecy: the name that EVALSHA knows a script by.
    this.#sha = createHash('sha1').update(lua).digest('hex');
  }

  /** What the script returns: numbers, bytes, or a list of them. */
  async run(redis: Redis, key: string, args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await redis.callBuffer('EVALSHA', this.#sha, 1, key, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.callBuffer('EVAL', this.#lua, 1, key, ...args);
    }
  }
}

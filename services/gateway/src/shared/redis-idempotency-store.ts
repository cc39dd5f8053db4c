import type { ClaimResult, IdempotencyClaim, IdempotencyStore } from '@penstock/resilience';
import type { RedisConnection } from './redis-connection.ts';
import { RedisScript } from './redis-script.ts';

/** How answers are written down. */
export interface Codec<R> {
  encode(response: R): Buffer;
  decode(bytes: Buffer): R;
}

// A key is a hash that Redis forgets at the end of the lease, or of the answer's time: `fingerprint` and, while it is in
// flight, `token`; once it is done, `answer` and `at` (ms since the Unix epoch by the clock of the server).
const NOW = `
local time = redis.call('TIME')
local now = math.floor(time[1] * 1000 + time[2] / 1000)
`;

const CLAIM = new RedisScript(`${NOW}
local kept = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer', 'at')
if not kept[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if kept[2] then return {'done', kept[1], math.max(0, now - kept[3]), kept[2]} end
return {'in_flight', kept[1], redis.call('PTTL', KEYS[1])}
`);

const RENEW = new RedisScript(`
local kept = redis.call('HMGET', KEYS[1], 'fingerprint', 'token')
if kept[1] and kept[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const COMPLETE = new RedisScript(`${NOW}
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'token')
redis.call('HSET', KEYS[1], 'answer', ARGV[2], 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const RELEASE = new RedisScript(`
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** The number is that of the format: gateways of different formats, as in a rolling update, do not read each other's keys. */
const PREFIX = 'penstock:idempotency:1:';

/** Keys of all gateways at one Redis. Each script tests and sets in one step; only the owner of a claim can end it. */
export class RedisIdempotencyStore<R> implements IdempotencyStore<R> {
  readonly #redis: RedisConnection;
  readonly #codec: Codec<R>;

  constructor(redis: RedisConnection, codec: Codec<R>) {
    this.#redis = redis;
    this.#codec = codec;
  }

  async claim(key: string, { fingerprint, token, leaseMs }: IdempotencyClaim): Promise<ClaimResult<R>> {
    const found = (await this.#run(CLAIM, key, [fingerprint, token, leaseMs])) as ClaimReply;
    const kind = String(found[0]);
    if (kind === 'claimed') return { kind };
    const [, holder, ms, answer] = found as Exclude<ClaimReply, [Buffer]>;
    if (answer === undefined) return { kind: 'in_flight', fingerprint: String(holder), leaseEndsInMs: ms };
    return { kind: 'done', fingerprint: String(holder), response: this.#codec.decode(answer), ageMs: ms };
  }

  async renew(key: string, { fingerprint, token, leaseMs }: IdempotencyClaim): Promise<boolean> {
    return (await this.#run(RENEW, key, [fingerprint, token, leaseMs])) === 1;
  }

  async complete(key: string, token: string, response: R, ttlMs: number): Promise<boolean> {
    return (await this.#run(COMPLETE, key, [token, this.#codec.encode(response), ttlMs])) === 1;
  }

  async release(key: string, token: string): Promise<boolean> {
    return (await this.#run(RELEASE, key, [token])) === 1;
  }

  #run(script: RedisScript, key: string, args: readonly (string | number | Buffer)[]): Promise<unknown> {
    return this.#redis.run((redis) => script.run(redis, `${PREFIX}${key}`, args));
  }
}

/** What CLAIM returns: what it found, whose, ms until its lease ends or since it was done, its answer. */
type ClaimReply = [Buffer] | [Buffer, Buffer, number, Buffer?];

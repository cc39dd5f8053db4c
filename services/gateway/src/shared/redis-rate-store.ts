import { gcra, gcraTerms, type RateDecision, type RateQuota, type RateStore } from '@penstock/resilience';
import type { RedisConnection } from './redis-connection.ts';
import { RedisScript } from './redis-script.ts';

/**
 * GCRA by the clock of the Redis server, so that the gateways' clocks do not matter. Kept is not the arrival time but
 * the debt until it (ms) and when it was one (µs): of an arrival time in ms since 1970 a double has no digits left for
 * fractions of an interval. Returned is the debt before this request; that with it the request is allowed or not
 * follows here and in `gcra` from the same sum of the same doubles.
 */
const TAKE = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local debt = 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local at, owed = string.match(kept, '^(%S+) (%S+)$')
  debt = math.max(0, owed - math.max(0, now - at) / 1000)
end
local after = debt + ARGV[1]
if after - ARGV[2] <= tonumber(ARGV[3]) then
  redis.call('SET', KEYS[1], string.format('%.0f %.17g', now, after), 'PX', math.ceil(after) + 1)
end
return string.format('%.17g', debt)
`);

const PREFIX = 'penstock:rate:1:';

/** Quotas of all gateways at one Redis; each is forgotten when it is whole again. */
export class RedisRateStore implements RateStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async take(client: string, quota: RateQuota, cost: number): Promise<RateDecision> {
    const { added, tolerance, slack } = gcraTerms(quota, cost);
    const debt = await this.#redis.run((redis) => TAKE.run(redis, `${PREFIX}${client}`, [added, tolerance, slack]));
    return gcra(Number(debt), 0, quota, cost).decision;
  }
}

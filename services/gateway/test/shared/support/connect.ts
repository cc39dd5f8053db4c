import { systemClock } from '@penstock/clock';
import { RedisConnection, type RedisState } from '../../../src/shared/redis-connection.ts';

/** A connection by the system's clock, whose changes of state are collected in `states`. */
export const connectTo = (url: string, { timeoutMs = 1000, states = [] as RedisState[] } = {}): Promise<RedisConnection> =>
  RedisConnection.open({ url, timeoutMs, clock: systemClock, onState: (state) => void states.push(state) });

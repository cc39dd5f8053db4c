import type { RateDecision, RateQuota } from './gcra.ts';

/** Where the clients' quotas are kept. */
export interface RateStore {
  /** Decides on one request of a client and takes its cost if it is allowed, atomically. May reject when the store is away. */
  take(client: string, quota: RateQuota, cost: number): Promise<RateDecision>;
}

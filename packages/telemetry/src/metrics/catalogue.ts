import { BREAKER_SERIES } from './breaker.ts';
import { CACHE_SERIES } from './cache.ts';
import type { SeriesMap, ServiceName } from './define.ts';
import { ENGINE_SERIES } from './engine.ts';
import { FAULT_SERIES } from './faults.ts';
import { FIGURE_SERIES } from './figures.ts';
import { HEDGE_SERIES } from './hedge.ts';
import { HTTP_CLIENT_SERIES, HTTP_SERVER_SERIES } from './http.ts';
import { OBJECTIVE_SERIES } from './objectives.ts';
import { OVERLOAD_SERIES } from './overload.ts';
import { POLICY_SERIES } from './policy.ts';
import { POOL_SERIES } from './pool.ts';
import { PROCESS_SERIES } from './process.ts';
import { RETRY_SERIES } from './retry.ts';
import { TAIL_SERIES, TOLD_SERIES } from './tail.ts';

/** Every series of each service. docs/metrics.md is generated from it; dashboards and alerts are compared with it. */
export const CATALOGUE = Object.freeze({
  gateway: {
    ...HTTP_SERVER_SERIES,
    ...PROCESS_SERIES,
    ...FAULT_SERIES,
    ...HTTP_CLIENT_SERIES,
    ...BREAKER_SERIES,
    ...RETRY_SERIES,
    ...HEDGE_SERIES,
    ...POLICY_SERIES,
    ...OVERLOAD_SERIES,
    ...POOL_SERIES,
    ...OBJECTIVE_SERIES,
    ...TAIL_SERIES,
    ...TOLD_SERIES,
  },
  engine: {
    ...HTTP_SERVER_SERIES,
    ...PROCESS_SERIES,
    ...FAULT_SERIES,
    ...OVERLOAD_SERIES,
    ...CACHE_SERIES,
    ...ENGINE_SERIES,
    ...FIGURE_SERIES,
    ...TAIL_SERIES,
  },
} as const satisfies Record<ServiceName, SeriesMap>);

export type Catalogue = typeof CATALOGUE;

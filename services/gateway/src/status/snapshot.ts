import type { ResilienceState } from '@penstock/contracts';
import type { RecentRequest } from './recent-requests.ts';
import type { TrafficPoint, TrafficWindow } from './traffic.ts';

/** Everything that the page shows, at one moment. */
export interface StatusSnapshot {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly version: string;
  readonly startedAt: number;
  /** As `GET /api/resilience` tells it. */
  readonly state: ResilienceState;
  /** Null where metrics are off. */
  readonly traffic: { readonly points: readonly TrafficPoint[]; readonly lastMinute: TrafficWindow } | null;
  /** Newest first. */
  readonly requests: readonly RecentRequest[];
  /** Where traces can be looked at. */
  readonly jaegerUi: URL | undefined;
}

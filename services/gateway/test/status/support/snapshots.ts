import type { ResilienceState } from '@penstock/contracts';
import type { RecentRequest } from '../../../src/status/recent-requests.ts';
import type { StatusSnapshot } from '../../../src/status/snapshot.ts';
import { SAMPLE_MS, type TrafficPoint } from '../../../src/status/traffic.ts';

export const NOW = Date.UTC(2030, 0, 1, 12, 0, 0);

type Breaker = ResilienceState['breakers'][number];

export const breaker = (over: Partial<Breaker> = {}): Breaker => ({
  name: 'engine',
  mode: 'enforce',
  state: 'closed',
  epoch: 0,
  consecutive_failures: 0,
  threshold: 5,
  since: new Date(NOW - 3_600_000).toISOString(),
  next_attempt_in_s: null,
  readiness_believed: true,
  transitions: [],
  ...over,
});

export const state = (over: Partial<ResilienceState> = {}): ResilienceState => ({
  pipeline: 'breaker(5 calls in a row) > retry(3)',
  breakers: [breaker()],
  throttles: [{ name: 'engine', mode: 'enforce', requests: 0, accepts: 0, probability: 0 }],
  concurrency: [{ name: 'engine', mode: 'enforce', limit: 320, in_flight: 2 }],
  hedges: [],
  retry_budget: { tokens: 40, capacity: 100, per_success: 0.5, per_second: 10 },
  balance: [{ name: 'engine', in_flight: 2, load: 3 }],
  pools: [
    { name: 'engine', origin: 'http://127.0.0.1:8080', size: 128, connected: 4, active: 2, pending: 0, utilization: 2 / 128 },
  ],
  shared_state: { kind: 'memory', ok: true, since: null, detail: 'of this gateway alone' },
  inflight_requests: 2,
  drain: 'serving',
  ...over,
});

export const point = (at: number, over: Partial<TrafficPoint> = {}): TrafficPoint => ({
  at,
  seconds: SAMPLE_MS / 1000,
  outcomes: { answered: 20, rejected: 1, failed: 0 },
  latency: { p50: 12, p95: 80, p99: 900 },
  buckets: [],
  ...over,
});

export const request = (over: Partial<RecentRequest> = {}): RecentRequest => ({
  sequence: 1,
  at: NOW,
  method: 'POST',
  route: '/api/analyze/comprehensive',
  status: 200,
  code: undefined,
  durationMs: 38,
  attempts: 1,
  instead: undefined,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  ...over,
});

export const snapshot = (over: Partial<StatusSnapshot> = {}): StatusSnapshot => ({
  at: NOW,
  version: '0.1.0',
  startedAt: NOW - 7_200_000,
  state: state(),
  traffic: { points: [point(NOW - SAMPLE_MS), point(NOW)], lastMinute: point(NOW) },
  requests: [request()],
  jaegerUi: undefined,
  ...over,
});

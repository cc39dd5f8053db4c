import { graph, type Panel, type Query } from '../panels.ts';
import { gauge, observed, orNone, quantile, rate, ratio } from '../promql.ts';

/** Requests of clients, without what machines ask of a service itself. */
export const SERVED = '!~"/health.*|/metrics|/api/metrics|/status.*"';
const where = { route: SERVED } as const;

const latencies = (job: 'gateway' | 'engine'): Query[] =>
  [0.5, 0.95, 0.99].map((share) => [
    `p${100 * share}`,
    quantile(share, 'http_server_request_duration_seconds', { where: { ...where, job: `="${job}"` } }),
  ]);

const all = observed('http_server_request_duration_seconds', { by: ['job'], where });
const failed = observed('http_server_request_duration_seconds', { by: ['job'], where: { ...where, status: '=~"5.."' } });

export const requestRate = (): Panel =>
  graph({
    title: 'Request rate',
    description: 'Replies per second of each service, by route; health and metrics are left out.',
    unit: 'reqps',
    queries: [['{{job}} {{route}}', observed('http_server_request_duration_seconds', { by: ['job', 'route'], where })]],
    traces: 'gateway',
  });

export const errorShare = (): Panel =>
  graph({
    title: 'Error share',
    description: 'Share of replies with a status of 500 or more. Above 10 % for minutes, clients notice.',
    unit: 'percentunit',
    queries: [['{{job}}', ratio(orNone(failed, all), all)]],
    thresholds: { warn: 0.01, alarm: 0.1 },
    traces: 'gateway',
  });

export const gatewayLatency = (): Panel =>
  graph({
    title: 'Latency, gateway',
    description: 'From the request to the end of its reply, retries included: what clients wait.',
    unit: 's',
    queries: latencies('gateway'),
    exemplars: true,
    traces: 'gateway',
  });

const engineLatency = (): Panel =>
  graph({
    title: 'Latency, engine',
    description: 'The same at the engine. The gateway slower than the engine means waits between attempts, or for a connection.',
    unit: 's',
    queries: latencies('engine'),
    exemplars: true,
    traces: 'engine',
  });

const errorsByCode = (): Panel =>
  graph({
    title: 'Errors by code',
    description: 'Error replies per second by row of docs/errors.md, which says what each one means.',
    unit: 'reqps',
    queries: [['{{job}} {{code}}', rate('error_reasons_total', { by: ['job', 'code'] })]],
  });

const inFlight = (): Panel =>
  graph({
    title: 'In flight',
    description: 'Requests received and not yet answered. Growing at a steady request rate, something is slow.',
    unit: 'short',
    queries: [['{{job}}', gauge('inflight_requests', { by: ['job'] })]],
  });

export const goldenSignals = () => ({
  title: 'Golden signals',
  panels: [requestRate(), errorShare(), errorsByCode(), gatewayLatency(), engineLatency(), inFlight()],
});

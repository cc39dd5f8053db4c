import { graph, type Panel } from '../panels.ts';
import { gauge, orNone, quantile, rate, ratio } from '../promql.ts';

const connections = (): Panel =>
  graph({
    title: 'Connections to the engine',
    description: 'Attempts on a connection, attempts waiting for one, those handed over and those that never got one per second.',
    unit: 'short',
    queries: [
      ['{{client_name}} active', gauge('connection_pool_active', { by: ['client_name'] })],
      ['{{client_name}} waiting', gauge('connection_pool_pending', { by: ['client_name'] })],
      ['{{client_name}} per second', rate('connection_pool_requests_total', { by: ['client_name'] })],
      ['{{client_name}} never sent', rate('connection_pool_unsent_total', { by: ['client_name'] })],
    ],
  });

const sumOf = (name: 'connection_pool_active' | 'connection_pool_size'): string => gauge(name, { by: ['client_name'] });

export const poolUse = (): Panel =>
  graph({
    title: 'Use of the pool',
    description: 'Share of the connections that are in use, over all gateways and at the fullest one. At 100 % attempts wait.',
    unit: 'percentunit',
    queries: [
      ['{{client_name}}', ratio(sumOf('connection_pool_active'), sumOf('connection_pool_size'))],
      ['{{client_name}}, fullest', gauge('connection_pool_utilization_ratio', { by: ['client_name'], fold: 'max' })],
    ],
    thresholds: { warn: 0.8, alarm: 1 },
  });

const attemptLatency = (): Panel =>
  graph({
    title: 'Latency of attempts',
    description: 'One attempt at the engine until its reply is complete: without waits between attempts.',
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((share) => [`p${100 * share}`, quantile(share, 'http_client_request_duration_seconds')]),
    exemplars: true,
    traces: 'gateway',
  });

const misses = rate('semcache_misses_total');
const hits = orNone(rate('semcache_hits_total'), misses);
const looked = `(${hits} + ${misses})`;

const hitShare = (): Panel =>
  graph({
    title: 'Result cache, hits',
    description: 'Share of analyses that were answered from the result cache: for the same request, or one that means the same.',
    unit: 'percentunit',
    queries: [
      ['hits', ratio(hits, looked)],
      ['{{type}}', `${rate('semcache_hits_total', { by: ['type'] })} / ignoring (type) group_left () ${looked}`],
    ],
    max: 1,
  });

const cacheFill = (): Panel =>
  graph({
    title: 'Result cache, size',
    description: 'Share of its bound that it holds, and bytes. Full, the oldest results go first and are computed again.',
    unit: 'percentunit',
    queries: [
      ['filled', gauge('semcache_fill_ratio', { fold: 'max' })],
      ['bytes', gauge('semcache_size', { fold: 'max' })],
    ],
    onTheRight: { legend: 'bytes', unit: 'bytes' },
    thresholds: { alarm: 0.9 },
  });

export const poolAndCache = () => ({
  title: 'Pool and cache',
  panels: [connections(), poolUse(), attemptLatency(), hitShare(), cacheFill()],
});

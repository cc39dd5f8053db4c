import type { Clock } from '@penstock/clock';
import { Health, type HealthCheck, Live, Ready } from '@penstock/contracts';
import type { FastifyInstance } from 'fastify';
import type { Drain } from '../drain/drain.ts';
import type { InFlight } from './in-flight.ts';

export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly clock: Clock;
  /** By the same clock, milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** What must work for new requests to be sent here, asked afresh for each call. */
  readonly checks: () => Promise<readonly HealthCheck[]>;
  /** What is worth telling but does not decide readiness. */
  readonly informative?: () => Promise<readonly HealthCheck[]>;
}

/** `/health/live`, `/health/ready` and `/health`. Liveness stays 200 during a drain, readiness becomes 503. */
export function registerHealthRoutes(app: FastifyInstance, drain: Drain, inFlight: InFlight, options: HealthOptions): void {
  const readiness = async (): Promise<Ready> => {
    const [deciding, informative] = await Promise.all([options.checks(), options.informative?.() ?? []]);
    const ready = deciding.every(({ ok }) => ok);
    return { status: drain.draining ? 'draining' : ready ? 'ready' : 'not_ready', checks: [...deciding, ...informative] };
  };

  app.get('/health/live', { schema: { tags: ['health'], summary: 'Whether the process runs', response: { 200: Live } } }, () => ({
    status: 'live' as const,
  }));

  app.get(
    '/health/ready',
    { schema: { tags: ['health'], summary: 'Whether new requests should be sent here', response: { 200: Ready, 503: Ready } } },
    async (_request, reply) => {
      const ready = await readiness();
      return reply.code(ready.status === 'ready' ? 200 : 503).send(ready);
    },
  );

  app.get(
    '/health',
    { schema: { tags: ['health'], summary: 'Everything known of the service’s health', response: { 200: Health } } },
    async (): Promise<Health> => {
      const { status, checks } = await readiness();
      return {
        service: options.service,
        version: options.version,
        status,
        uptime_s: (options.clock.now() - options.startedAt) / 1000,
        inflight_requests: inFlight.count - 1,
        checks,
      };
    },
  );
}

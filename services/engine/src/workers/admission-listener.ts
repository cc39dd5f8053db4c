import type { PolicyEvent } from '@penstock/resilience';
import type { Metrics } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';

/** Counts the work that is not admitted, and tells of each other limit. */
export function admissionListener({ series }: Metrics<'engine'>, logger: FastifyBaseLogger): (event: PolicyEvent) => void {
  return (event) => {
    if (event.type === 'concurrency_shed') series.shed_total.inc({ reason: 'concurrency', priority: event.priority });
    if (event.type === 'concurrency_limit_changed') {
      logger.debug(`Concurrency limit of ${event.name}: ${event.from} → ${event.to} (${event.because})`);
    }
  };
}

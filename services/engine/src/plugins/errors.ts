import { type ErrorCode, ProblemError } from '@penstock/contracts';
import { asProblem } from '@penstock/service-kit';
import { SqlUnavailable } from '@penstock/store';
import type { Metrics } from '@penstock/telemetry';
import type { FastifyInstance } from 'fastify';

/** Rows of the error table that mean: refused by validation. */
const REJECTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_json',
  'invalid_request',
  'invalid_header',
  'invalid_analysis',
  'dataset_unreadable',
  'payload_too_large',
  'unsupported_media_type',
]);
const STORAGE_RETRY_S = 2;

/** Gives the engine's own errors their rows, counts refusals, and leaves the reply to the service's handler. */
export function registerErrors(app: FastifyInstance, { series }: Metrics<'engine'>): void {
  app.setErrorHandler((error, request) => {
    const problem =
      error instanceof SqlUnavailable
        ? new ProblemError('storage_unavailable', 'The database of the engine does not answer', {
            retryAfterS: STORAGE_RETRY_S,
            cause: error,
          })
        : asProblem(error, request);
    if (REJECTIONS.has(problem.code)) series.reject_total.inc({ reason: problem.code });
    if (problem.code === 'deadline_exceeded') series.deadline_exceeded_total.inc();
    if (problem.code === 'storage_unavailable') request.log.error({ err: error }, 'the database does not answer');
    // What Fastify's parent scope catches is what is thrown here.
    throw problem;
  });
}

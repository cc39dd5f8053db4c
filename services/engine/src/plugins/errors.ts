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
    const told = error instanceof SqlUnavailable ? storageProblem(error) : error;
    const { code } = asProblem(told, request);
    if (REJECTIONS.has(code)) series.reject_total.inc({ reason: code });
    if (code === 'deadline_exceeded') series.deadline_exceeded_total.inc();
    if (code === 'storage_unavailable') request.log.error({ err: error }, 'the database does not answer');
    // Fastify hands what is thrown here to the handler of the parent scope.
    throw told;
  });
}

const storageProblem = (cause: SqlUnavailable): ProblemError =>
  new ProblemError('storage_unavailable', 'The database of the engine does not answer', { retryAfterS: STORAGE_RETRY_S, cause });

import { ProblemError } from '@penstock/contracts';
import { asProblem } from '@penstock/service-kit';
import { SqlUnavailable } from '@penstock/store';
import type { FastifyInstance } from 'fastify';

const STORAGE_RETRY_S = 2;

/** Gives the engine's own errors their rows, and leaves the reply to the service's handler. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request) => {
    const told = error instanceof SqlUnavailable ? storageProblem(error) : error;
    if (asProblem(told, request).code === 'storage_unavailable')
      request.log.error({ err: error }, 'the database does not answer');
    // Fastify hands what is thrown here to the handler of the parent scope.
    throw told;
  });
}

const storageProblem = (cause: SqlUnavailable): ProblemError =>
  new ProblemError('storage_unavailable', 'The database of the engine does not answer', { retryAfterS: STORAGE_RETRY_S, cause });

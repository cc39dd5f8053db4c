import { ProblemError } from '@penstock/contracts';
import { assertLocal, ConfigError, type ServiceApp } from '@penstock/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Reloaded } from '../live-config.ts';

interface AdminDeps {
  readonly reload: () => Reloaded;
  readonly describe: () => string;
  /** The variables that a reload takes over, with their values. */
  readonly values: () => Readonly<Record<string, unknown>>;
}

/** `GET /admin/policies` and `POST /admin/reload`, for callers on this machine only. */
export function registerAdmin(app: ServiceApp, { reload, describe, values }: AdminDeps): void {
  const onRequest = async (request: FastifyRequest): Promise<void> => assertLocal(request);

  app.get(
    '/admin/policies',
    { onRequest, schema: { tags: ['operations'], summary: 'Every policy with its numbers, and the variables that set them' } },
    () => ({ pipeline: describe(), variables: values() }),
  );

  app.post(
    '/admin/reload',
    { onRequest, schema: { tags: ['operations'], summary: 'Reads the configuration again, as SIGHUP does' } },
    () => ({ ...reloadOrProblem(reload), pipeline: describe() }),
  );
}

function reloadOrProblem(reload: () => Reloaded): Reloaded {
  try {
    return reload();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof RangeError)) throw error;
    throw new ProblemError('invalid_request', `Not taken over, everything stays as it was: ${error.message}`, { cause: error });
  }
}

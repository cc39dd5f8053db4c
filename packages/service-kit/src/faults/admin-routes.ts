import { type FieldError, ProblemError, shown } from '@penstock/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { assertLocal } from '../server/assert-local.ts';
import type { FaultInjector } from './injector.ts';
import { InvalidFaults, parseFaults } from './parse-faults.ts';
import type { FaultSettings } from './settings.ts';

const PATH = '/admin/faults';
const MAX_SEED = 2 ** 31 - 1;

/** `GET` and `PUT /admin/faults`, for callers on this machine only. */
export function registerFaultRoutes(app: FastifyInstance, injector: FaultInjector, routes: ReadonlySet<string>): void {
  const onRequest = async (request: FastifyRequest): Promise<void> => assertLocal(request);

  app.get(
    PATH,
    { onRequest, schema: { tags: ['operations'], summary: 'The faults that are injected' } },
    () => injector.settings,
  );

  app.put(PATH, { onRequest, schema: { tags: ['operations'], summary: 'Replaces the faults that are injected' } }, (request) => {
    injector.set(readSettings(request.body, injector.settings, routes));
    request.log.warn(
      { faults: injector.settings.faults.length },
      `[Fault] Faults replaced: ${describeFaults(injector.settings)}`,
    );
    return injector.settings;
  });
}

/** `overload error 30 %, slow latency 5 %`, for logs. */
export const describeFaults = ({ seed, faults }: FaultSettings): string =>
  faults.length === 0
    ? 'none'
    : `${faults.map(({ name, kind, percent }) => `${name} (${kind}, ${percent} %)`).join(', ')}; seed ${seed}`;

function readSettings(body: unknown, current: FaultSettings, routes: ReadonlySet<string>): FaultSettings {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors: FieldError[] = [];
  const { seed = current.seed } = given;
  if (given !== body || Array.isArray(body))
    errors.push({ field: '/', message: 'must be an object with faults, and seed where it changes', received: shown(body) });
  for (const field of Object.keys(given).filter((each) => each !== 'faults' && each !== 'seed'))
    errors.push({ field: `/${field}`, message: 'is not a field of this request', accepted: ['faults', 'seed'] });
  if (!Number.isInteger(seed) || (seed as number) < 0 || (seed as number) > MAX_SEED)
    errors.push({ field: '/seed', message: `must be an integer from 0 to ${MAX_SEED}`, received: shown(seed) });
  if (errors.length > 0) throw invalid(errors);
  try {
    return { seed: seed as number, faults: parseFaults(given.faults, routes, '/faults') };
  } catch (error) {
    throw error instanceof InvalidFaults ? invalid(error.errors) : error;
  }
}

const invalid = (errors: readonly FieldError[]): ProblemError =>
  new ProblemError('invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });

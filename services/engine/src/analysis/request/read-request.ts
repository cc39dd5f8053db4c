import { AnalysisRequest, type FieldError, PLANNED_OPTIONS, ProblemError } from '@penstock/contracts';
import { Compile } from 'typebox/compile';
import { explain } from './explain.ts';

const schema = Compile(AnalysisRequest);
const planned: ReadonlySet<string> = new Set(PLANNED_OPTIONS);

/**
 * Checks a parsed body against the contract.
 * @throws ProblemError invalid_request naming every field; not_available for an option of a later version
 */
export function readRequest(body: unknown): AnalysisRequest {
  const { rest, asked } = withoutPlanned(body);
  if (!schema.Check(rest)) throw refusal(explain(AnalysisRequest, rest));
  if (asked.length > 0) {
    throw new ProblemError(
      'not_available',
      `Not available in this version: ${asked.map((name) => `options.${name}`).join(', ')}`,
      {
        errors: asked.map((name) => ({ field: `/options/${name}`, message: 'is not available in this version' })),
      },
    );
  }
  return rest;
}

function refusal(errors: FieldError[]): ProblemError {
  if (errors.length === 0) return new ProblemError('invalid_request', 'The body does not match the contract');
  return new ProblemError('invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });
}

/** Options of later versions set aside, so that what else is wrong is told first. */
function withoutPlanned(body: unknown): { rest: unknown; asked: string[] } {
  const { options } = (body ?? {}) as { options?: unknown };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return { rest: body, asked: [] };
  const asked = Object.keys(options).filter((name) => planned.has(name));
  if (asked.length === 0) return { rest: body, asked };
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !planned.has(name)));
  return { rest: { ...(body as object), options: kept }, asked };
}

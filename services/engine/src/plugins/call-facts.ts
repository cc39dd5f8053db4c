import { HEADERS, ProblemError, shown } from '@penstock/contracts';
import { PRIORITIES, type Priority } from '@penstock/resilience';
import { annotate } from '@penstock/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who goes first where work waits. */
    priority: Priority;
  }
}

const MAX_ATTEMPT = 1000;

/** Reads what the gateway tells about the call, and puts it on the request's span and on each of its log lines. */
export function registerCallFacts(app: FastifyInstance): void {
  app.decorateRequest('priority', 'interactive');
  app.addHook('onRequest', (request, _reply, done) => {
    const priority = header(request, HEADERS.priority);
    const attempt = header(request, HEADERS.attempt);
    const key = header(request, HEADERS.idempotencyKey);
    if (priority !== undefined && !isPriority(priority)) {
      done(invalid(HEADERS.priority, priority, 'must be a priority', PRIORITIES));
      return;
    }
    if (attempt !== undefined && !(/^\d{1,4}$/.test(attempt) && Number(attempt) >= 1 && Number(attempt) <= MAX_ATTEMPT)) {
      done(invalid(HEADERS.attempt, attempt, `must be an integer from 1 to ${MAX_ATTEMPT}`));
      return;
    }
    request.priority = priority ?? 'interactive';
    const facts = {
      ...(attempt !== undefined && { attempt: Number(attempt) }),
      ...(priority !== undefined && { priority }),
      ...(key !== undefined && { idempotency_key: String(shown(key)) }),
    };
    if (Object.keys(facts).length > 0) {
      request.log = request.log.child(facts);
      annotate(request.span, {
        'penstock.attempt': facts.attempt,
        'penstock.priority': facts.priority,
        'penstock.idempotency_key': facts.idempotency_key,
      });
    }
    done();
  });
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return value === undefined ? undefined : String(value);
};

const isPriority = (text: string): text is Priority => (PRIORITIES as readonly string[]).includes(text);

function invalid(name: string, value: string, message: string, accepted?: readonly string[]): ProblemError {
  const received = shown(value);
  return new ProblemError('invalid_header', `${name}: ${JSON.stringify(received)} ${message.replace('must be', 'is not')}`, {
    errors: [{ field: `header:${name}`, message, received, ...(accepted !== undefined && { accepted }) }],
  });
}

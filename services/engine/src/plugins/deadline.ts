import type { Clock } from '@penstock/clock';
import { HEADERS, ProblemError, shown } from '@penstock/contracts';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Longest time that the route may work on a request, in milliseconds. */
    timeoutMs?: number;
  }
  interface FastifyRequest {
    /** Aborts when the work has become pointless: the client gone, the deadline passed, the drain's limit reached. */
    work: AbortSignal;
  }
}

/** Gives each request the time that its caller has left, and refuses what has expired already. */
export function registerDeadline(app: FastifyInstance, clock: Clock): void {
  app.decorateRequest('work');
  app.addHook('onRequest', (request, reply, done) => {
    const asked = request.headers[HEADERS.deadlineMs];
    const leftMs = asked === undefined ? undefined : readMilliseconds(asked);
    if (leftMs !== undefined && leftMs <= 0) {
      done(
        new ProblemError('deadline_exceeded', 'The deadline had passed when the request arrived', {
          layer: 'deadline',
          evidence: { leftMs },
        }),
      );
      return;
    }
    const limitMs = Math.min(
      leftMs ?? Number.POSITIVE_INFINITY,
      request.routeOptions.config.timeoutMs ?? Number.POSITIVE_INFINITY,
    );
    request.work = request.cancelled;
    if (limitMs !== Number.POSITIVE_INFINITY) {
      const expired = new AbortController();
      const timer = clock.timer(limitMs, () =>
        expired.abort(
          new ProblemError('deadline_exceeded', `The request was not answered within ${Math.round(limitMs)} ms`, {
            layer: 'deadline',
            evidence: { limitMs },
          }),
        ),
      );
      reply.raw.once('close', () => timer.cancel());
      request.work = AbortSignal.any([request.cancelled, expired.signal]);
    }
    done();
  });
}

function readMilliseconds(header: string | string[]): number {
  const text = String(header);
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  throw new ProblemError(
    'invalid_header',
    `${HEADERS.deadlineMs}: ${JSON.stringify(shown(text))} is not a number of milliseconds`,
    {
      errors: [{ field: `header:${HEADERS.deadlineMs}`, message: 'must be a number of milliseconds', received: shown(text) }],
    },
  );
}

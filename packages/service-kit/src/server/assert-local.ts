import { ProblemError } from '@penstock/contracts';
import type { FastifyRequest } from 'fastify';

/**
 * Lets in callers on this machine only. A proxy on this machine speaks for others: what it forwards is not local.
 * @throws ProblemError forbidden
 */
export function assertLocal(request: FastifyRequest): void {
  const address = request.socket.remoteAddress ?? '';
  const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
  if (loopback && request.headers.forwarded === undefined && request.headers['x-forwarded-for'] === undefined) return;
  const path = request.routeOptions.url ?? 'This route';
  throw new ProblemError('forbidden', `${path} answers only to callers on the same machine, without a proxy`);
}

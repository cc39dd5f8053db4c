import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is to be run when the request is done; undefined where nothing waits for that yet. */
    atEnd: ((status: number) => void)[] | undefined;
  }
}

/** Status shown for a request whose client went away before the reply was complete. */
export const CLIENT_CLOSED = 499;

/**
 * Runs `run` when the reply is complete or the client gone, after what was to be run before it.
 * One listener for all of them: each of its own costs more than most of what they do.
 * @param run given the status of the reply, or `CLIENT_CLOSED`
 */
export function whenDone(request: FastifyRequest, reply: FastifyReply, run: (status: number) => void): void {
  if (request.atEnd !== undefined) {
    request.atEnd.push(run);
    return;
  }
  const all = [run];
  request.atEnd = all;
  reply.raw.once('close', () => {
    const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED;
    for (const each of all) each(status);
  });
}

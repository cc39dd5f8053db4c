import type { IncomingHttpHeaders } from 'node:http';

/** A whole reply of the engine: kept in memory, so that nothing reaches the client before it is complete. */
export interface EngineReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const mediaTypeOf = (headers: IncomingHttpHeaders): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Whether a reply is one that the engine's contract knows for this route. */
export function isContract(reply: EngineReply, replyType: string): boolean {
  const { status } = reply;
  if (status === 204 || status === 304) return reply.body.length === 0;
  const type = mediaTypeOf(reply.headers);
  return status >= 200 && status < 300
    ? type === replyType && reply.body.length > 0
    : status >= 400 && type === 'application/problem+json';
}

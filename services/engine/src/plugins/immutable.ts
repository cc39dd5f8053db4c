import type { FastifyReply, FastifyRequest } from 'fastify';

/** What an analysis' id names never changes: caches may keep it for ever. */
const CACHE_CONTROL = 'private, max-age=31536000, immutable';

/** Page and drawings load nothing and run nothing, wherever they are opened. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** Sends something that never changes, or 304 when the caller has it. */
export function sendImmutable(
  request: FastifyRequest,
  reply: FastifyReply,
  { etag, type, body }: { readonly etag: string; readonly type: string; readonly body: string | Buffer },
): FastifyReply {
  const tag = `"${etag}"`;
  reply.header('etag', tag).header('cache-control', CACHE_CONTROL).header('x-content-type-options', 'nosniff');
  if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send();
  if (!type.startsWith('application/json')) reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  return reply.type(type).send(body);
}

const matches = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((each) => ['*', tag, `W/${tag}`].includes(each.trim())) ?? false;

import { createHash } from 'node:crypto';
import type { EngineCall } from '../engine/engine-client.ts';

/** Headers with which the same body means something else: such requests have no key. */
const VARYING = ['if-none-match', 'content-encoding'] as const;

/** SHA-256 over method, path and body bytes; undefined for a body that streams or a request that is conditional. */
export function requestKey({ method, path, headers, body }: EngineCall): string | undefined {
  if (VARYING.some((name) => name in headers)) return undefined;
  if (body !== undefined && !(body instanceof Buffer)) return undefined;
  const hash = createHash('sha256').update(`${method} ${path}\n${headers.accept ?? ''}\n`);
  return hash.update(body ?? '').digest('base64url');
}

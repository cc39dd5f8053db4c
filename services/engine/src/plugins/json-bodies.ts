import type { FastifyInstance } from 'fastify';
import { parseJson } from '../analysis/request/parse-json.ts';

/** Every JSON body is parsed strictly; other bodies are not taken. */
export function registerJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) =>
    parseJson(bytes),
  );
}

// Takes OTLP over HTTP as JSON and counts the spans by the first part of the path; GET / tells the counts. Prints its port.

import http from 'node:http';
import { text } from 'node:stream/consumers';
import { portOf } from '../../test/support/relay.ts';

const counts: Record<string, number> = {};

const server = http.createServer(async (request, reply) => {
  const [, name = '', , signal] = (request.url ?? '').split('/');
  if (signal === 'traces') {
    counts[name] = (counts[name] ?? 0) + ((await text(request)).match(/"startTimeUnixNano":/g)?.length ?? 0);
  }
  reply.writeHead(200, { 'content-type': 'application/json' }).end(request.method === 'POST' ? '{}' : JSON.stringify(counts));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${portOf(server)}\n`));

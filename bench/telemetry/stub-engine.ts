// Stands for the engine: answers every request with the same few hundred bytes and does nothing else. Prints its port.

import http from 'node:http';
import { portOf } from '../../test/support/relay.ts';

const BODY = JSON.stringify({
  analysis_id: 'stub',
  estimates: Array.from({ length: 10 }, (_, index) => ({ index, estimate: 2.5 })),
});

const server = http.createServer((request, reply) => {
  request.resume();
  request.on('end', () => reply.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${portOf(server)}\n`));

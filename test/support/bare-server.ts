// A server that answers every request with 503 and a few hundred bytes, and does nothing else: what is slow about it is
// the machine. Prints its port.

import http from 'node:http';
import { portOf } from './relay.ts';

const BODY = JSON.stringify({ code: 'bare', detail: 'x'.repeat(300) });

const server = http.createServer((request, reply) => {
  request.resume();
  request.on('end', () => reply.writeHead(503, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${portOf(server)}\n`));

import { HEADERS } from '@penstock/contracts';
import type { FastifyInstance } from 'fastify';
import type { WorkerPool } from '../workers/pool.ts';

/** Tells the engine's load on every reply. */
export function registerLoadHeader(app: FastifyInstance, pool: WorkerPool): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    const { active, queued, workers } = pool.load;
    reply.header(HEADERS.load, `active=${active};queued=${queued};workers=${workers}`);
    done();
  });
}

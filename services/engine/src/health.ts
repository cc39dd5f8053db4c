import type { HealthCheck } from '@penstock/contracts';
import type { HealthOptions } from '@penstock/service-kit';
import type { EngineDeps } from './deps.ts';

/** The database and the workers decide readiness; without its cache the engine only works more. */
export function engineHealth({ sql, cache, pool }: EngineDeps): Pick<HealthOptions, 'checks' | 'informative'> {
  return {
    checks: async () => [
      await answers('database', sql.kind, () => sql.ping()),
      {
        name: 'workers',
        ok: pool.ready,
        detail: `${pool.load.workers} threads, ${pool.load.active} busy, ${pool.load.queued} analyses waiting${pool.newestFirst ? ', newest first because callers give up' : ''}`,
      },
    ],
    informative: async () => [await answers('cache', cache.kind, () => cache.ping())],
  };
}

async function answers(name: string, kind: string, ping: () => Promise<void>): Promise<HealthCheck> {
  try {
    await ping();
    return { name, ok: true, detail: kind };
  } catch (error) {
    return { name, ok: false, detail: `${kind}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

import { KEEP_TRACES_PATH, KeepTraces } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { Tracing } from '@penstock/telemetry';

/** A gateway tells which of its traces it keeps, so that they are kept whole. Not traced itself. */
export function registerKeepTracesRoute(app: ServiceApp, tracing: Tracing): void {
  app.post(
    KEEP_TRACES_PATH,
    {
      schema: { tags: ['operations'], summary: 'Keeps the spans of these traces', body: KeepTraces },
      config: { untraced: true },
    },
    (request, reply) => {
      tracing.keep(request.body.trace_ids);
      return reply.code(204).send();
    },
  );
}

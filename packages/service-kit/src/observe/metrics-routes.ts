import { ProblemError, shown } from '@penstock/contracts';
import { type Metrics, renderJson, renderText } from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';

const Query = Type.Object({ format: Type.Optional(Type.String({ description: 'text (default) or json' })) });

/** `/metrics` for Prometheus, `/api/metrics` for people and scripts. */
export function registerMetricsRoutes(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', { schema: { tags: ['operations'], summary: 'All series as Prometheus text' } }, (_request, reply) =>
    sendText(metrics, reply),
  );

  app.get<{ Querystring: { format?: string } }>(
    '/api/metrics',
    { schema: { tags: ['operations'], summary: 'All series as text, or as JSON with percentiles', querystring: Query } },
    async (request, reply) => {
      const { format = 'text' } = request.query;
      if (format === 'text') return sendText(metrics, reply);
      if (format === 'json') {
        assertEnabled(metrics);
        return reply.send(await renderJson(metrics));
      }
      throw new ProblemError('invalid_request', `The query's format is ${JSON.stringify(shown(format))}; accepted: text, json`, {
        errors: [{ field: 'query:format', message: 'is not a format', received: shown(format), accepted: ['text', 'json'] }],
      });
    },
  );
}

async function sendText(metrics: Metrics, reply: FastifyReply): Promise<FastifyReply> {
  assertEnabled(metrics);
  const { contentType, body } = await renderText(metrics);
  return reply.header('content-type', contentType).send(body);
}

function assertEnabled(metrics: Metrics): void {
  if (!metrics.enabled) throw new ProblemError('not_available', 'Metrics are switched off by METRICS_ENABLED=false');
}

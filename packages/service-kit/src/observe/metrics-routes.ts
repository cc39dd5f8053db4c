import { ProblemError, shown } from '@penstock/contracts';
import { type Metrics, renderJson, renderText } from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';

const Query = Type.Object({ format: Type.Optional(Type.String({ description: 'text (default) or json' })) });

/** `/metrics` for Prometheus, `/api/metrics` for people and scripts. */
export function registerMetricsRoutes(app: FastifyInstance, metrics: Metrics): void {
  app.get(
    '/metrics',
    { schema: { tags: ['operations'], summary: 'All series as Prometheus text, or as OpenMetrics with exemplars' } },
    (request, reply) => sendText(metrics, request, reply),
  );

  app.get<{ Querystring: { format?: string } }>(
    '/api/metrics',
    {
      schema: {
        tags: ['operations'],
        summary: 'All series as text, or as JSON with percentiles and hourly statistics',
        querystring: Query,
      },
    },
    async (request, reply) => {
      const { format = 'text' } = request.query;
      if (format === 'text') return sendText(metrics, request, reply);
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

async function sendText(metrics: Metrics, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  assertEnabled(metrics);
  const { contentType, body } = await renderText(metrics, request.headers.accept);
  return reply.header('content-type', contentType).header('vary', 'accept').send(body);
}

function assertEnabled(metrics: Metrics): void {
  if (!metrics.enabled) throw new ProblemError('not_available', 'Metrics are switched off by METRICS_ENABLED=false');
}

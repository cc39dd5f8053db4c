import swagger from '@fastify/swagger';
import type { ServiceApp } from '@penstock/service-kit';
import scalar from '@scalar/fastify-api-reference';

/** `/openapi.json` from the schemas of the routes, and `/docs`, a page over it without outside assets. */
export function registerDocs(app: ServiceApp, version: string): void {
  void app.register(swagger, {
    // Components keep the names that the contracts give them.
    refResolver: { buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `schema-${index}`) },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Penstock gateway',
        version,
        description:
          'Causal analyses through circuit breaker, retry and timeout. Errors are `application/problem+json`; their codes are in docs/errors.md.',
      },
      tags: [{ name: 'analysis' }, { name: 'data sets' }, { name: 'catalogue' }, { name: 'operations' }, { name: 'health' }],
    },
  });
  void app.register(async (scope) => {
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  void app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      title: 'Penstock API',
      url: '/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      // What leads to services elsewhere has no place on a page that works without a network.
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
}

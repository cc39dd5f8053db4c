import type { FastifyInstance } from 'fastify';

/** A registered route, for telling 404 from 405. */
export interface KnownRoute {
  readonly method: string;
  readonly pattern: RegExp;
}

/** Collects every route registered after this call. */
export function collectRoutes(app: FastifyInstance): readonly KnownRoute[] {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of Array.isArray(method) ? method : [method]) routes.push({ method: each, pattern: patternOf(url) });
  });
  return routes;
}

export function allowedMethods(routes: readonly KnownRoute[], path: string): string[] {
  return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}

// `/a/:id/b.svg` → ^/a/[^/]+/b\.svg$ ; `*` → anything
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]\w*/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}

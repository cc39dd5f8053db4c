// What the OpenAPI page shows of a route, as @fastify/swagger declares it: only the gateway has that plugin.
declare module 'fastify' {
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
  }
}

export {};

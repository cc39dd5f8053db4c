import type { Metrics } from './metrics.ts';

export interface RenderedMetrics {
  readonly contentType: string;
  readonly body: string;
}

/** The Prometheus text format. */
export async function renderText({ registry }: Metrics): Promise<RenderedMetrics> {
  return { contentType: registry.contentType, body: await registry.metrics() };
}

import { Memo } from '../memo.ts';
import type { Histogram, HistogramOf } from './instruments.ts';

/** Finds the series of a request's method, route and status, each kept from its first request on. */
export function requestDurations(
  histogram: Histogram<'method' | 'route' | 'status'>,
): (method: string, route: string, status: string) => HistogramOf {
  const kept = new Memo(
    (method: string) => new Memo((route: string) => new Memo((status: string) => histogram.of({ method, route, status }))),
  );
  return (method, route, status) => kept.of(method).of(route).of(status);
}

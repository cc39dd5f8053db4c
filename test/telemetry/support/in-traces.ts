import { type JaegerSpan, type JaegerTrace, parentOf, serviceOf, tag } from '../../support/jaeger.ts';
import { namesIn, tableOf } from '../../support/spans-document.ts';
import type { Service } from './signals.ts';

const KNOWN = tableOf('Spans').map(([name, kind, by]) => {
  const plain = namesIn(name)[0] ?? '';
  // A request that met no route has its method alone.
  const source = plain.replace('{method} {route}', '[A-Z]+( /.*)?').replace(/\{\w+\}/g, '.+');
  return { row: `${kind} ${plain}`, kind, by: (by ?? '').split(', '), pattern: new RegExp(`^${source}$`) };
});

/** Kind and name in docs/spans.md: `client CACHE GET`, `server {method} {route}`; its own where it is not there for this service. */
export function rowOf(service: Service, span: JaegerSpan): string {
  const kind = String(tag(span, 'span.kind'));
  const name = span.operationName;
  const known = KNOWN.find((each) => each.kind === kind && each.by.includes(service) && each.pattern.test(name));
  return known?.row ?? `${kind} ${name}`;
}

/** All spans that a service has sent. */
export const spansBy = (traces: readonly JaegerTrace[], service: Service): JaegerSpan[] =>
  traces.flatMap((trace) => trace.spans.filter((span) => serviceOf(trace, span) === service));

export interface ServiceCall {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Kind and name of the span that called, and of the one that was called. */
  readonly caller: string;
  readonly callee: string;
}

/** Every span whose parent is another service's, as a call. */
export const callsIn = (traces: readonly JaegerTrace[]): ServiceCall[] =>
  traces.flatMap((trace) => {
    const byId = new Map(trace.spans.map((span) => [span.spanID, span]));
    return trace.spans.flatMap((span) => {
      const parent = byId.get(parentOf(span) ?? '');
      if (parent === undefined) return [];
      const call = { from: serviceOf(trace, parent), to: serviceOf(trace, span), caller: told(parent), callee: told(span) };
      return call.from === call.to ? [] : [call];
    });
  });

const told = (span: JaegerSpan): string => `${tag(span, 'span.kind')} ${span.operationName}`;

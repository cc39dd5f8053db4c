import type { ExportResult } from '@opentelemetry/core';
import { JaegerExporter } from '@opentelemetry/exporter-jaeger';
import type { JaegerAgent, JaegerCollector } from './jaeger-target.ts';
import type { RawExporter } from './ordered-exporter.ts';
import type { PlainSpan } from './plain-span.ts';

// Its shutdown leaves a timer of this length behind; all is flushed before it is called.
const FLUSH_MS = 100;

/** @opentelemetry/exporter-jaeger, made anew after it was abandoned: it never gives up a request that gets no answer. */
export function jaegerExporter(target: JaegerAgent | JaegerCollector): RawExporter<PlainSpan[]> {
  let exporter: JaegerExporter | undefined;
  return {
    export(spans: PlainSpan[], done: (result: ExportResult) => void): void {
      exporter ??= new JaegerExporter(configFor(target));
      exporter.export(spans, done);
    },
    abandon(): void {
      // Closes the sockets, those in use included. That what was under way then fails is reported by its caller.
      exporter?.shutdown().catch(ignoreLateFailure);
      exporter = undefined;
    },
  };
}

function configFor(target: JaegerAgent | JaegerCollector) {
  if (target.kind === 'jaeger_collector') {
    const { username, password } = target.url;
    return {
      endpoint: target.url.href,
      flushTimeout: FLUSH_MS,
      ...(username !== '' && { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
    };
  }
  // `socketType` is handed on to the UDP sender, which otherwise opens an IPv4 socket only.
  const socketType = target.host.includes(':') ? 'udp6' : 'udp4';
  return { host: target.host, port: target.port, flushTimeout: FLUSH_MS, socketType };
}

function ignoreLateFailure(): void {
  // The spans concerned have been reported as lost already.
}

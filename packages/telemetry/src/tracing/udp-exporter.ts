import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { RawExporter } from './ordered-exporter.ts';
import type { PlainSpan } from './plain-span.ts';
import type { ReportProblem } from './problem-log.ts';
import { estimatedBytes } from './span-size.ts';

// A packet holds 65,000 bytes, process tags included. Above this estimate a span travels alone.
const ALONE_ABOVE_BYTES = 32_000;

/**
 * Keeps a span that does not fit into a UDP packet from taking others with it: the Jaeger exporter stops at the first
 * such span and drops the rest of its batch. Large spans are sent alone, and one that is too large is reported.
 */
export function udpExporter(inner: RawExporter<PlainSpan[]>, report: ReportProblem): RawExporter<PlainSpan[]> {
  return {
    abandon: () => inner.abandon(),
    export(spans, done) {
      const large = spans.filter((span) => estimatedBytes(span) > ALONE_ABOVE_BYTES);
      const batches =
        large.length === 0 ? [spans] : [spans.filter((span) => !large.includes(span)), ...large.map((span) => [span])];
      exportAll(inner, batches, report).then(done, (error: Error) => done({ code: ExportResultCode.FAILED, error }));
    },
  };
}

async function exportAll(inner: RawExporter<PlainSpan[]>, batches: PlainSpan[][], report: ReportProblem): Promise<ExportResult> {
  let result: ExportResult = { code: ExportResultCode.SUCCESS };
  for (const batch of batches) {
    const each = await new Promise<ExportResult>((resolve) => inner.export(batch, resolve));
    if (each.code === ExportResultCode.SUCCESS) continue;
    if (/larger than maxSpanSize/.test(each.error?.message ?? '')) {
      const span = batch[0]!;
      report(
        'span_too_large',
        batch.length,
        `"${span.name}" of trace ${span.spanContext().traceId} does not fit into a UDP packet (${each.error?.message}); the collector's HTTP address or OTLP take spans of any size`,
      );
    } else result = each;
  }
  return result;
}

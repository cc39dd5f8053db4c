import type { Span } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type Clock, systemClock } from '@penstock/clock';
import type { Log } from '../log/log.ts';
import { logOutput } from '../log/output.ts';
import { ownDescriptor } from '../log/own-descriptor.ts';
import type { ServiceName } from '../metrics/define.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { BoundedProcessor } from './bounded-processor.ts';
import { consoleExporter } from './console-exporter.ts';
import { jaegerExporter } from './jaeger-exporter.ts';
import { OrderedExporter, type RawExporter } from './ordered-exporter.ts';
import { otlpExporter } from './otlp-exporter.ts';
import type { OtlpTarget } from './otlp-target.ts';
import { OtlpText } from './otlp-text.ts';
import type { PlainSpan } from './plain-span.ts';
import { PlainTracer } from './plain-tracer.ts';
import { createProblemLog, type ReportProblem, type TracingProblem } from './problem-log.ts';
import { headDecision } from './sampling.ts';
import { type SpanBatch, SpanList } from './span-batch.ts';
import { HeldTraces } from './tail/held-traces.ts';
import { type KeptListener, type Tracing, tracingOff } from './tracing.ts';
import { describeTarget, readTracingConfig, type Target } from './tracing-config.ts';
import type { TracingEnv } from './tracing-env.ts';
import { udpExporter } from './udp-exporter.ts';

export interface TracingOptions {
  /** `service.name` of every span. */
  readonly service: ServiceName;
  readonly version: string;
  readonly env: TracingEnv;
  readonly logger: Log;
  /** Counts what is lost, as `telemetry_problems_total`. */
  readonly metrics?: Metrics;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Starts tracing as the environment says; off, at no cost, where no exporter is configured. Nothing global is touched.
 * Throws TelemetryConfigError for a variable that it does not understand.
 */
export function startTracing({ service, version, env, logger, metrics, clock = systemClock }: TracingOptions): Tracing {
  const { targets, ratio, slowMs } = readTracingConfig(env);
  if (targets.length === 0) return tracingOff;
  const outlets = targets.map((target) => {
    const count = (problem: TracingProblem, spans: number) => metrics?.series.telemetry_problems_total.inc({ problem }, spans);
    const report = createProblemLog(clock, logger, count);
    const outlet = <Content>(raw: RawExporter<Content>, newBatch: () => SpanBatch<Content>) => {
      const exporter = new OrderedExporter(raw, describeTarget(target), clock, report);
      return { exporter, processor: new BoundedProcessor(exporter, newBatch, clock, report) };
    };
    if (target.kind === 'otlp') {
      const spare: Buffer[] = [];
      return outlet(otlpExporter(target), () => new OtlpText(spare));
    }
    return outlet(spanExporter(target, report, logger), () => new SpanList());
  });
  let listener: KeptListener = () => undefined;
  const held = new HeldTraces({
    outlets: outlets.map(({ processor }) => processor),
    clock,
    slowMs,
    // The engine's requests come from the gateway, which knows how they end.
    decides: service === 'gateway' ? 'all' : 'own roots',
    onKept: (traceId, callees) => listener(traceId, callees),
    countTrace: (reason) => metrics?.series.trace_tail_traces_total.inc({ reason }),
    countSpans: (result, spans) => metrics?.series.trace_tail_spans_total.inc({ result }, spans),
  });
  metrics?.series.trace_tail_spans_held.readWith(() => held.size);
  const tracer = new PlainTracer({
    scope: { name: 'penstock', version },
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    decide: headDecision(ratio),
    processor: held,
    clock,
  });

  const close = async (limitMs: number): Promise<void> => {
    // After the exit no series tells it.
    if (held.size > 0) logger.info(`Tracing: ${held.size} spans of traces that were not sampled and not kept by now are dropped`);
    const inTime = await withLimit(clock, limitMs, held.shutdown());
    if (inTime) return;
    const unsent = outlets.reduce((sum, { processor }) => sum + processor.queued, 0);
    logger.warn(`Tracing: not everything was sent within ${limitMs} ms, ${unsent} spans given up`);
    for (const { exporter } of outlets) exporter.abandon();
  };
  let closing: Promise<void> | undefined;
  return Object.freeze({
    enabled: true,
    tracer,
    keep: (traceIds: readonly string[]) => held.keep(traceIds),
    keepTogether: (span: Span, linked: Span) => held.keepTogether(span, linked),
    onKept: (next: KeptListener) => {
      listener = next;
    },
    shutdown: (limitMs: number) => (closing ??= close(limitMs)),
    describe: () => `tracing to ${targets.map(describeTarget).join(' and ')}, ${described(ratio, slowMs)}`,
  });
}

function described(ratio: number, slowMs: number): string {
  const share = `${ratio * 100} % of the traces started here`;
  return ratio === 0 || ratio === 1
    ? share
    : `${share}, and those with errors, retries, hedges, breaker transitions or more than ${slowMs} ms`;
}

function spanExporter(target: Exclude<Target, OtlpTarget>, report: ReportProblem, logger: Log): RawExporter<PlainSpan[]> {
  switch (target.kind) {
    case 'jaeger_agent':
      if (target.moved)
        logger.warn('JAEGER_ENDPOINT: port 6831 takes compact thrift; spans go to 6832, which takes binary thrift');
      return udpExporter(jaegerExporter(target), report);
    case 'jaeger_collector':
      return jaegerExporter(target);
    case 'console':
      return consoleExporter(stderrLines(report));
  }
}

// On stderr, so that spans never mix with the log on stdout; by the log's means, because a write to `process.stderr` keeps
// what a slow reader does not take in memory without a bound, and one that is gone would end the service.
function stderrLines(report: ReportProblem): (line: string) => void {
  const onDropped = (spans: number): void => report('spans_dropped', spans, 'nobody took them from stderr');
  const output = logOutput(ownDescriptor(process.stderr.fd), { onDropped });
  return (line) => output.write(line);
}

/** True when the work ended within the limit, well or badly: exporters report their own failures. */
function withLimit(clock: Clock, limitMs: number, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.timer(limitMs, () => resolve(false));
    const ended = (): void => {
      timer.cancel();
      resolve(true);
    };
    work.then(ended, ended);
  });
}

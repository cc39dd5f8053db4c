import { ROOT_CONTEXT, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { TelemetryConfigError } from './config-error.ts';
import { given, type TracingEnv } from './tracing-env.ts';

/** An hour. */
const MAX_SLOW_MS = 3_600_000;

const RATIO_OF: Readonly<Record<string, number | undefined>> = Object.freeze({
  parentbased_always_on: 1,
  parentbased_always_off: 0,
});

/** Share of traces started here that are recorded, 0 to 1; default 1. A caller's own decision is always followed. */
export function parseRatio(env: TracingEnv): number {
  const sampler = given(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_traceidratio';
  const fixed = RATIO_OF[sampler];
  if (fixed !== undefined) return fixed;
  if (sampler !== 'parentbased_traceidratio') {
    const allowed = ['parentbased_traceidratio', ...Object.keys(RATIO_OF)].join(', ');
    throw new TelemetryConfigError('OTEL_TRACES_SAMPLER', sampler, allowed);
  }
  const value = given(env, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(value);
  if (!(ratio >= 0 && ratio <= 1)) throw new TelemetryConfigError('OTEL_TRACES_SAMPLER_ARG', value, 'a number from 0 to 1');
  return ratio;
}

/** Decides on a trace where it enters this service. @param caller of another service; undefined where the trace begins here */
export type HeadDecision = (traceId: string, caller: SpanContext | undefined) => SamplingDecision;

/** Follows the caller, else the ratio. Unless that is 0, what is not sampled is recorded as well: the tail rule decides on it. */
export function headDecision(ratio: number): HeadDecision {
  const sampled = sampledShare(ratio);
  const otherwise = ratio === 0 ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD;
  return (traceId, caller) => {
    const isSampled = caller === undefined ? sampled(traceId) : (caller.traceFlags & TraceFlags.SAMPLED) !== 0;
    return isSampled ? SamplingDecision.RECORD_AND_SAMPLED : otherwise;
  };
}

function sampledShare(ratio: number): (traceId: string) => boolean {
  if (ratio === 0 || ratio === 1) return () => ratio === 1;
  // The SDK's own, so that all services of a trace agree on it.
  const sampler = new TraceIdRatioBasedSampler(ratio);
  return (traceId) => sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
}

/** `TRACE_SLOW_MS`: requests that last longer are kept whole; default 1000. */
export function parseSlowMs(env: TracingEnv): number {
  const value = given(env, 'TRACE_SLOW_MS') ?? '1000';
  const ms = Number(value);
  if (Number.isInteger(ms) && ms >= 1 && ms <= MAX_SLOW_MS) return ms;
  throw new TelemetryConfigError('TRACE_SLOW_MS', value, `a whole number of milliseconds from 1 to ${MAX_SLOW_MS}`);
}

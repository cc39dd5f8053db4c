import { AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { TelemetryConfigError } from './config-error.ts';
import { given, type TracingEnv } from './tracing-env.ts';

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

export const samplerFor = (ratio: number): Sampler =>
  new ParentBasedSampler({ root: ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio) });

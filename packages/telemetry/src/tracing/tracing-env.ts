/** The environment variables of tracing. */
export const TRACING_VARIABLES = [
  'JAEGER_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_CONSOLE',
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'TRACE_SLOW_MS',
] as const;

/** What tracing reads of the environment; an empty text is the same as none. */
export type TracingEnv = { readonly [Name in (typeof TRACING_VARIABLES)[number]]?: string | undefined };

/** The value, or undefined where it is missing or blank. */
export function given(env: TracingEnv, name: keyof TracingEnv): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

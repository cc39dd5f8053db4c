import { TelemetryConfigError } from './config-error.ts';
import { type JaegerAgent, type JaegerCollector, parseJaegerEndpoint } from './jaeger-target.ts';
import { type OtlpTarget, parseOtlpEndpoint } from './otlp-target.ts';
import { parseRatio, parseSlowMs } from './sampling.ts';
import { given, type TracingEnv } from './tracing-env.ts';

export interface ConsoleTarget {
  readonly kind: 'console';
}
export type Target = JaegerAgent | JaegerCollector | OtlpTarget | ConsoleTarget;

export interface TracingConfig {
  /** Where spans go; none: tracing is off. */
  readonly targets: readonly Target[];
  readonly ratio: number;
  /** Requests that last longer are kept by the tail rule, milliseconds. */
  readonly slowMs: number;
}

/** Reads the environment. Throws TelemetryConfigError for a value that it does not understand. */
export function readTracingConfig(env: TracingEnv): TracingConfig {
  const sampling = { ratio: parseRatio(env), slowMs: parseSlowMs(env) };
  const targets: Target[] = [];
  const jaeger = given(env, 'JAEGER_ENDPOINT');
  if (jaeger !== undefined) targets.push(parseJaegerEndpoint(jaeger));
  const otlp = parseOtlpEndpoint(env);
  if (otlp !== undefined) targets.push(otlp);
  if (isTrue(env, 'OTEL_CONSOLE')) targets.push({ kind: 'console' });
  return { targets: isTrue(env, 'OTEL_SDK_DISABLED') ? [] : targets, ...sampling };
}

function isTrue(env: TracingEnv, variable: 'OTEL_CONSOLE' | 'OTEL_SDK_DISABLED'): boolean {
  const value = given(env, variable)?.toLowerCase();
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new TelemetryConfigError(variable, value, 'true or false');
}

/** One phrase for the start line. Credentials are not shown. */
export function describeTarget(target: Target): string {
  switch (target.kind) {
    case 'jaeger_agent':
      return `Jaeger agent udp://${target.host}:${target.port}`;
    case 'jaeger_collector':
      return `Jaeger collector ${target.url.origin}${target.url.pathname}`;
    case 'otlp':
      return `OTLP ${target.url.origin}${target.url.pathname}`;
    case 'console':
      return 'console (stderr)';
  }
}

// What is compared: the same gateway with different telemetry. Whatever exports spans does so to the same sink.

export interface Contender {
  readonly name: string;
  /** Modules that Node loads before the gateway. */
  readonly preload: readonly string[];
  /** @param sink address that takes OTLP, without `/v1/traces` */
  readonly env: (sink: string) => Readonly<Record<string, string>>;
}

const METRICS_OFF = { METRICS_ENABLED: 'false' } as const;

const ours = (name: string, settings: Readonly<Record<string, string>>): Contender => ({
  name,
  preload: [],
  env: (sink) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: sink, ...settings }),
});

const peer = (name: string, preload: string): Contender => ({
  name,
  preload: [`./bench/telemetry/peers/${preload}`],
  // Not OTEL_EXPORTER_OTLP_ENDPOINT: the gateway's own tracing would hear it.
  env: (sink) => ({ ...METRICS_OFF, BENCH_OTLP_TRACES: `${sink}/v1/traces` }),
});

const without = (name: string): Contender => ({ name, preload: [], env: () => METRICS_OFF });

export const NOTHING = without('nothing');
/** The same again: what differs between equals is noise. */
export const NOTHING_AGAIN = without('nothing, again');
export const OURS = ours('ours: every trace, metrics', {});
export const OURS_AT_ZERO = ours('ours: ratio 0, no metrics', { ...METRICS_OFF, OTEL_TRACES_SAMPLER_ARG: '0' });
export const AUTO = peer('auto-instrumentation', 'auto-instrumentation.mjs');
/** With metrics over OTLP as well: the signals that are ours. */
export const AUTO_METRICS: Contender = {
  ...AUTO,
  name: 'auto-instrumentation, metrics',
  env: (sink) => ({
    ...AUTO.env(sink),
    BENCH_SIGNALS: 'metrics',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${sink}/v1/metrics`,
  }),
};
/** And with logs, as it comes without a line of code. */
const AUTO_ALL: Contender = {
  ...AUTO,
  name: 'auto-instrumentation, all',
  env: (sink) => ({
    ...AUTO_METRICS.env(sink),
    BENCH_SIGNALS: 'all',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${sink}/v1/logs`,
  }),
};

/** What the targets are about. Fewer processes side by side tell more. */
export const COMPARED: readonly Contender[] = [NOTHING, NOTHING_AGAIN, OURS_AT_ZERO, OURS, AUTO, AUTO_METRICS];

export const EVERYONE: readonly Contender[] = [
  ...COMPARED,
  { ...without('ours: metrics'), env: () => ({}) },
  ours('ours: every trace', METRICS_OFF),
  ours('ours: one trace in ten', { ...METRICS_OFF, OTEL_TRACES_SAMPLER_ARG: '0.1' }),
  peer('@fastify/otel + undici', 'fastify-otel.mjs'),
  AUTO_ALL,
];

import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { FAULT_ENVIRONMENT } from '../faults/settings.ts';

/** An environment's schema: one property per variable, each with a description; a default where it has one. */
export type EnvironmentSchema = TObject<TProperties>;

/** What both services read. Each service adds its own variables. */
export const COMMON_ENVIRONMENT = {
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on. The images set 0.0.0.0' }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe level that is logged',
  }),
  LOG_FORMAT: Type.Enum(['auto', 'ecs', 'pretty'], {
    default: 'auto',
    description: 'ecs: JSON lines in the Elastic Common Schema; pretty: for people; auto: pretty on a terminal',
  }),
  LOG_BUFFER_BYTES: Type.Integer({
    default: 8 * 1024 * 1024,
    minimum: 65_536,
    maximum: 2 ** 30,
    description: 'Bytes of log lines that wait while nothing reads standard output; those beyond are dropped and counted',
  }),
  METRICS_ENABLED: Type.Boolean({ default: true, description: 'false removes all series and their cost' }),
  DRAIN_PROPAGATION_MS: Type.Integer({
    default: 500,
    minimum: 0,
    maximum: 600_000,
    description: 'After SIGTERM: how long new requests are still answered while load balancers learn of it. The images set 5000',
  }),
  DRAIN_TIMEOUT_MS: Type.Integer({
    default: 30_000,
    minimum: 0,
    maximum: 3_600_000,
    description: 'After SIGTERM: how long requests in flight may take before they are aborted',
  }),
  DRAIN_FLUSH_MS: Type.Integer({
    default: 2000,
    minimum: 0,
    maximum: 60_000,
    description: 'At exit: how long the span exporters may take',
  }),
  REDIS_URL: Type.Optional(
    Type.String({
      description:
        'redis://host:port, or rediss:// for TLS: Idempotency-Keys and quotas that gateways share, and the result cache of engines. Unset: memory of each process',
    }),
  ),
  JAEGER_ENDPOINT: Type.Optional(
    Type.String({
      description: 'host:port of a Jaeger agent (UDP) or the http URL of a Jaeger collector. Unset: not exported there',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({ description: 'Base URL of an OTLP/HTTP collector. Unset: not exported there' }),
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Type.Optional(
    Type.String({ description: 'Full URL for traces, instead of OTEL_EXPORTER_OTLP_ENDPOINT' }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.Optional(
    Type.String({ description: 'Headers for the OTLP collector: name=value,name=value' }),
  ),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: Type.Optional(
    Type.String({ description: 'Headers for traces, instead of OTEL_EXPORTER_OTLP_HEADERS' }),
  ),
  OTEL_EXPORTER_OTLP_PROTOCOL: Type.Optional(
    Type.Enum(['http/json'], { description: 'The one protocol spoken to OTLP collectors' }),
  ),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: Type.Optional(Type.Enum(['http/json'], { description: 'The same, for traces' })),
  OTEL_SDK_DISABLED: Type.Boolean({ default: false, description: 'true switches tracing off, whatever else is set' }),
  OTEL_TRACES_SAMPLER: Type.Optional(
    Type.Enum(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'], {
      description: 'How new traces are sampled; a caller’s own decision is always followed',
    }),
  ),
  OTEL_CONSOLE: Type.Boolean({ default: false, description: 'Print spans on standard error' }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: 'Share of new traces that are sampled; the others are kept where something went wrong. 0: none is',
  }),
  TRACE_SLOW_MS: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 3_600_000,
    description: 'Traces of requests that last as long are kept, though not sampled; milliseconds',
  }),
  ...FAULT_ENVIRONMENT,
} as const;

/** The values of an environment, typed by its schema. */
export type EnvironmentOf<S extends EnvironmentSchema> = Readonly<Static<S>>;

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeTarget, readTracingConfig, type Target } from '../../src/tracing/tracing-config.ts';
import type { TracingEnv } from '../../src/tracing/tracing-env.ts';

const only = (env: TracingEnv): Target => {
  const { targets } = readTracingConfig(env);
  assert.equal(targets.length, 1);
  return targets[0]!;
};

test('nothing configured, or blank values, means no exporter', () => {
  assert.deepEqual(readTracingConfig({}), { targets: [], ratio: 1, slowMs: 1000 });
  assert.deepEqual(
    readTracingConfig({ JAEGER_ENDPOINT: ' ', OTEL_CONSOLE: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: '' }).targets,
    [],
  );
});

test('JAEGER_ENDPOINT as host and port is the agent, on 6832 where no port is given', () => {
  assert.deepEqual(only({ JAEGER_ENDPOINT: 'jaeger:7000' }), { kind: 'jaeger_agent', host: 'jaeger', port: 7000, moved: false });
  assert.deepEqual(only({ JAEGER_ENDPOINT: '10.0.0.1' }), { kind: 'jaeger_agent', host: '10.0.0.1', port: 6832, moved: false });
  assert.deepEqual(only({ JAEGER_ENDPOINT: '[::1]:6832' }), { kind: 'jaeger_agent', host: '::1', port: 6832, moved: false });
});

test('JAEGER_ENDPOINT with port 6831 is moved to 6832', () => {
  assert.deepEqual(only({ JAEGER_ENDPOINT: 'jaeger:6831' }), { kind: 'jaeger_agent', host: 'jaeger', port: 6832, moved: true });
});

test('JAEGER_ENDPOINT as a URL is the collector, at /api/traces where it has no path', () => {
  assert.equal(
    describeTarget(only({ JAEGER_ENDPOINT: 'http://jaeger:14268' })),
    'Jaeger collector http://jaeger:14268/api/traces',
  );
  assert.equal(describeTarget(only({ JAEGER_ENDPOINT: 'https://u:p@j/x' })), 'Jaeger collector https://j/x');
});

test('the common OTLP endpoint is a base, the one for traces is used as it is', () => {
  assert.equal(describeTarget(only({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })), 'OTLP http://c:4318/v1/traces');
  assert.equal(describeTarget(only({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otel/' })), 'OTLP https://c/otel/v1/traces');
  assert.equal(
    describeTarget(only({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/in' })),
    'OTLP http://t/in',
  );
});

test('OTLP headers are decoded, and those for traces win', () => {
  const target = only({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20cGs6c2s=, x-a=1',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-a=2',
  });
  assert.deepEqual(target.kind === 'otlp' && target.headers, { Authorization: 'Basic cGs6c2s=', 'x-a': '2' });
});

test('several exporters may be on at once', () => {
  const env = { JAEGER_ENDPOINT: 'a', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_CONSOLE: 'true' };
  assert.deepEqual(
    readTracingConfig(env).targets.map(({ kind }) => kind),
    ['jaeger_agent', 'otlp', 'console'],
  );
  assert.deepEqual(readTracingConfig({ ...env, OTEL_SDK_DISABLED: 'true' }).targets, []);
});

test('the sampling ratio is read from OTEL_TRACES_SAMPLER_ARG', () => {
  assert.equal(readTracingConfig({ OTEL_TRACES_SAMPLER_ARG: '0.25' }).ratio, 0.25);
  assert.equal(readTracingConfig({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }).ratio, 0);
});

test('what counts as slow is read from TRACE_SLOW_MS', () => {
  assert.equal(readTracingConfig({ TRACE_SLOW_MS: '250' }).slowMs, 250);
});

const BAD: readonly (readonly [TracingEnv, RegExp])[] = [
  [{ JAEGER_ENDPOINT: 'a:b' }, /^JAEGER_ENDPOINT: received "a:b", allowed: host:port of the agent .* or an http/],
  [{ JAEGER_ENDPOINT: 'udp://a:6832' }, /^JAEGER_ENDPOINT: received "udp:\/\/a:6832", allowed:/],
  [{ JAEGER_ENDPOINT: 'a:70000' }, /^JAEGER_ENDPOINT: received "a:70000"/],
  [{ JAEGER_ENDPOINT: 'http://' }, /^JAEGER_ENDPOINT: received "http:\/\/"/],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4318' }, /^OTEL_EXPORTER_OTLP_ENDPOINT: received "c:4318", allowed: an http/],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'no' }, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: received "no"/],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    /^OTEL_EXPORTER_OTLP_PROTOCOL: received "grpc", allowed: http\/json/,
  ],
  [{ OTEL_CONSOLE: 'yes' }, /^OTEL_CONSOLE: received "yes", allowed: true or false/],
  [{ TRACE_SLOW_MS: '0' }, /^TRACE_SLOW_MS: received "0", allowed: a whole number of milliseconds from 1 to 3600000/],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, /^OTEL_TRACES_SAMPLER_ARG: received "1.5", allowed: a number from 0 to 1/],
  [
    { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    /^OTEL_TRACES_SAMPLER: received "jaeger_remote", allowed: parentbased_traceidratio, /,
  ],
];
for (const [env, message] of BAD) {
  test(`${JSON.stringify(env)} stops the start with the variable, the value and what is allowed`, () => {
    assert.throws(() => readTracingConfig(env), { name: 'TelemetryConfigError', message });
  });
}

test('a header that cannot be parsed is named without its value, which may be a secret', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'sk-secret' };
  assert.throws(
    () => readTracingConfig(env),
    (error: Error) => /OTEL_EXPORTER_OTLP_HEADERS/.test(error.message) && !/secret/.test(error.message),
  );
});

/** Every field that the services write has its place in the index template, so that none is kept and not found. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flaky, setFaults } from '../support/faults.ts';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { mappedFields } from './support/deployed.ts';

/** Values that a mapping of the type takes. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  date: (value) => typeof value === 'string' && Number.isFinite(Date.parse(value)),
  keyword: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  long: Number.isInteger,
  double: (value) => typeof value === 'number',
};

function fieldsOf(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? fieldsOf(each, `${prefix}${name}.`)
      : [[`${prefix}${name}`, each] as [string, unknown]],
  );
}

describe('log lines of both services', () => {
  let lines: string[];
  const seen = new Map<string, unknown[]>();

  before(async () => {
    const collector = await startOtlpCollector();
    const env = {
      LOG_LEVEL: 'trace',
      FAULTS_ENABLED: 'true',
      DRAIN_PROPAGATION_MS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    };
    const pair = await Pair.start({
      engineEnv: env,
      // Nothing listens at that port: the line about a Redis that does not answer has fields of its own.
      gatewayEnv: { ...env, RETRY_BASE_MS: '10', REDIS_URL: 'redis://127.0.0.1:1' },
    });
    after(async () => {
      await pair.stop();
      await collector.stop();
    });
    await analyze(pair.gatewayUrl, analysisRequest());
    await analyze(pair.gatewayUrl, {});
    await setFaults(pair.engineUrl, [flaky(100)]);
    // The breaker opens.
    for (let seed = 1; seed <= 6; seed++) await analyze(pair.gatewayUrl, analysisRequest({ seed }));
    for (const service of [pair.gateway, pair.engine]) {
      service.kill('SIGTERM');
      await service.exited;
    }
    lines = [pair.gateway, pair.engine].flatMap(({ output }) => output.split('\n').filter((line) => line !== ''));
    for (const line of lines)
      for (const [name, value] of fieldsOf(JSON.parse(line) as object)) seen.set(name, [...(seen.get(name) ?? []), value]);
  });

  it('are JSON with no field that the index template does not map, and no value that its type does not take', () => {
    assert.ok(lines.length > 50, `${lines.length} lines`);
    for (const [name, values] of seen) {
      const type = mappedFields.get(name);
      assert.ok(type !== undefined, `${name} is not mapped; values ${values.slice(0, 3)}`);
      for (const value of values)
        assert.ok(value === null || FITS[type]?.(value), `${name}: ${JSON.stringify(value)} does not fit ${type}`);
    }
  });

  it('had every field that is mapped, except those of rarer events', () => {
    const rarer = ['analysis_id', 'dataset', 'error.message', 'error.stack_trace', 'error.type', 'version'];
    const missing = [...mappedFields.keys()].filter((name) => !seen.has(name) && !rarer.includes(name));
    assert.deepEqual(missing, []);
  });
});

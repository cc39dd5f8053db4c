import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { Relay } from '../support/relay.ts';
import { analysisRequest, analyze, send } from '../support/requests.ts';

interface Resilience {
  readonly breakers: readonly { state: string; next_attempt_in_s: number | null; transitions: { from: string; to: string }[] }[];
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

let relay: Relay;
let pair: Pair;
before(async () => {
  relay = await Relay.start();
  pair = await Pair.start({ engineUrl: relay.url });
  relay.targetPort = pair.enginePort;
});
after(async () => {
  relay.cut();
  await pair.stop();
});

const ask = (seed: number) => analyze(pair.gatewayUrl, analysisRequest({ seed, figures: false, estimators: ['ols'] }));
const breaker = async () => (await send<Resilience>(`${pair.gatewayUrl}/api/resilience`)).body.breakers[0]!;

describe('the engine out of reach for 2 s under 20 concurrent callers', () => {
  it('every caller succeeds and the breaker never opens, with the defaults', async () => {
    assert.equal((await ask(1)).status, 200);
    relay.cut();
    const restored = new Promise<void>((resolve, reject) => setTimeout(() => relay.restore().then(resolve, reject), 2000));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(10 + i)));
    await restored;
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(20).fill(200),
    );
    const { state, transitions } = await breaker();
    assert.equal(state, 'closed');
    assert.deepEqual(transitions, []);
  });
});

describe('the engine killed and brought back', () => {
  it('five calls fail, the sixth is refused at once; back again, the breaker closes without a restart', async () => {
    // Short waits, so that the story takes seconds; the rules are those of the defaults.
    await pair.gateway.end();
    await pair.startGateway({
      ENGINE_URL: pair.engineUrl,
      RETRY_BASE_MS: '10',
      BREAKER_OPEN_MS: '6000',
      BREAKER_FIRST_OPEN_RATIO: '1',
      BREAKER_OPEN_JITTER: '0',
    });
    assert.equal((await ask(1)).status, 200);
    pair.engine.kill('SIGKILL');
    await pair.engine.exited;
    for (let i = 2; i <= 6; i++) {
      const failed = await ask(i);
      assert.equal(failed.status, 503);
      assert.equal(failed.body.code, 'engine_unavailable');
      assert.ok(Number(failed.headers.get('retry-after')) >= 1);
    }
    const times: number[] = [];
    for (let i = 0; i < 100; i++) {
      const refused = await ask(100 + i);
      assert.equal(refused.status, 503);
      assert.match(refused.body.detail, /^Circuit breaker OPEN for engine: next attempt in \d+ s$/);
      assert.equal(refused.body.code, 'circuit_open');
      assert.equal(refused.body.layer, 'breaker');
      assert.match(refused.headers.get('proxy-status') ?? '', /breaker/);
      assert.ok(Number(refused.headers.get('retry-after')) >= 1);
      times.push(refused.ms);
    }
    assert.ok(median(times) < 5, `median of 100 refusals: ${median(times).toFixed(2)} ms`);
    assert.equal((await breaker()).state, 'open');

    await pair.startEngine();
    await until('the break to end', async () => ((await breaker()).next_attempt_in_s ?? 0) <= 0, 10_000);
    await until('a probe to be let through', async () => (await ask(200)).status === 200, 10_000);
    assert.equal((await ask(201)).status, 200);
    const { state: end, transitions } = await breaker();
    assert.equal(end, 'closed');
    assert.deepEqual(
      transitions.map(({ from, to }) => `${from} → ${to}`),
      ['closed → open', 'open → half_open', 'half_open → closed'],
    );

    const metrics = (await send(`${pair.gatewayUrl}/metrics`)).text;
    const value = (series: string) =>
      Number(
        metrics
          .split('\n')
          .find((line) => line.startsWith(series))
          ?.split(' ')
          .at(-1),
      );
    assert.equal(value('circuit_breaker_state{breaker_name="engine"}'), 0);
    assert.equal(value('circuit_breaker_calls_total{breaker_name="engine",status="failure"}'), 5);
    assert.ok(value('circuit_breaker_calls_total{breaker_name="engine",status="rejected"}') >= 100);
    assert.equal(value('circuit_breaker_transitions_total{breaker_name="engine",from_state="closed",to_state="open"}'), 1);
    assert.equal(value('circuit_breaker_transitions_total{breaker_name="engine",from_state="half_open",to_state="closed"}'), 1);
    assert.ok(value('orchestrator_retry_total{reason="ECONNREFUSED"}') >= 5);
    assert.match(pair.gateway.output, /\[Retry\] Attempt 1\/3 failed: .*Retrying in 0\.0\ds/);
  });
});

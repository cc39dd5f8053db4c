import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ProblemError, toProblem } from '@penstock/contracts';
import { recordingTracing } from './support/recording-tracing.ts';
import { type Script, ScriptedEngine, silence, status } from './support/scripted-engine.ts';
import { type Answer, TestGateway, until } from './support/test-gateway.ts';

interface Place {
  readonly engine: ScriptedEngine;
  readonly gateway: TestGateway;
  /** A request that hangs at the engine, and is left behind. */
  readonly hang: (headers?: Record<string, string>) => Promise<void>;
}

interface Refusal {
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: Script;
  readonly provoke: (place: Place) => Promise<Answer>;
  readonly status: number;
  readonly code: string;
  readonly layer: string;
  readonly proxyStatus: RegExp;
  /** What the policy that refused wrote on the request's span. */
  readonly event?: string;
}

const overloaded: Script = (_received, response) =>
  void response
    .writeHead(503, {
      'content-type': 'application/problem+json',
      'proxy-status': 'engine; error=destination_unavailable; details="admission: overloaded (inFlight=9, limit=9)"',
    })
    .end(JSON.stringify(toProblem(new ProblemError('overloaded', '7 analyses are waiting'))));

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'the rate limit': {
    env: { RATE_LIMIT_MODE: 'enforce', RATE_LIMIT_REQUESTS: '60', RATE_LIMIT_BURST: '1' },
    script: silence,
    provoke: async ({ gateway, hang }) => {
      await hang();
      return gateway.analyze({ seed: 2 });
    },
    status: 429,
    code: 'rate_limited',
    layer: 'admission',
    proxyStatus:
      /^gateway; error=http_request_denied; details="admission: rate_limited \(limit=60, windowMs=60000, remaining=0\)"$/,
    event: 'rate_limit.refused',
  },
  'an Idempotency-Key in flight': {
    script: silence,
    provoke: async ({ gateway, hang }) => {
      await hang({ 'idempotency-key': 'k' });
      return gateway.analyze({ seed: 1 }, { 'idempotency-key': 'k' });
    },
    status: 409,
    code: 'idempotency_conflict',
    layer: 'idempotency',
    proxyStatus: /^gateway; error=http_request_denied; details="idempotency: idempotency_conflict \(because=in_flight\)"$/,
    event: 'idempotency.decided',
  },
  'an Idempotency-Key of another request': {
    script: silence,
    provoke: async ({ gateway, hang }) => {
      await hang({ 'idempotency-key': 'k' });
      return gateway.analyze({ seed: 2 }, { 'idempotency-key': 'k' });
    },
    status: 422,
    code: 'idempotency_mismatch',
    layer: 'idempotency',
    proxyStatus: /^gateway; error=http_request_denied; details="idempotency: idempotency_mismatch \(because=mismatch\)"$/,
    event: 'idempotency.decided',
  },
  'the open breaker': {
    env: { BREAKER_THRESHOLD: '1' },
    script: status(500),
    provoke: async ({ gateway }) => {
      await gateway.analyze({ seed: 1 });
      return gateway.analyze({ seed: 2 });
    },
    status: 503,
    code: 'circuit_open',
    layer: 'breaker',
    proxyStatus:
      /^gateway; error=destination_unavailable; details="breaker: circuit_open \(consecutiveFailures=1, threshold=1, .*failureRatio=1, volume=1, .*epoch=1, trips=1, lastReason=500\)"$/,
    event: 'breaker.rejected',
  },
  'the full bulkhead': {
    env: { BULKHEAD_MAX: '1', BULKHEAD_QUEUE: '0' },
    script: silence,
    provoke: async ({ gateway, hang }) => {
      await hang();
      return gateway.analyze({ seed: 2 });
    },
    status: 503,
    code: 'overloaded',
    layer: 'bulkhead',
    proxyStatus:
      /^gateway; error=destination_unavailable; details="bulkhead: overloaded \(because=full, inFlight=1, queued=0\)"$/,
    event: 'bulkhead.refused',
  },
  'the adaptive limit': {
    env: { CONCURRENCY_MODE: 'enforce', CONCURRENCY_MIN: '1', CONCURRENCY_INITIAL: '1', CONCURRENCY_MAX: '1' },
    script: silence,
    provoke: async ({ gateway, hang }) => {
      await hang();
      return gateway.analyze({ seed: 2 });
    },
    status: 503,
    code: 'overloaded',
    layer: 'concurrency',
    proxyStatus:
      /^gateway; error=destination_unavailable; details="concurrency: overloaded \(priority=interactive, inFlight=1, limit=1\)"$/,
    event: 'concurrency.shed',
  },
  'the throttle': {
    env: { THROTTLE_MODE: 'enforce', THROTTLE_MIN_RPS: '0', THROTTLE_MAX_PROBABILITY: '0.99', BREAKER_MODE: 'off' },
    script: overloaded,
    provoke: async ({ gateway }) => {
      for (let seed = 1; seed < 100; seed++) {
        const answer = await gateway.analyze({ seed });
        if (answer.body.layer !== 'engine') return answer;
      }
      throw new Error('an engine that accepts nothing was never spared');
    },
    status: 503,
    code: 'overloaded',
    layer: 'throttle',
    proxyStatus: /^gateway; error=destination_unavailable; details="throttle: overloaded \(probability=0\.\d+\)"$/,
    event: 'throttle.refused',
  },
  'the deadline': {
    script: silence,
    provoke: ({ gateway }) => gateway.analyze({ seed: 1 }, { 'request-timeout': '0.03' }),
    status: 504,
    code: 'deadline_exceeded',
    layer: 'deadline',
    proxyStatus:
      /^gateway; error=connection_read_timeout; details="deadline: deadline_exceeded \(whose=client, totalMs=[\d.]+, attempts=1\)"$/,
    event: 'deadline.exceeded',
  },
  'the last attempt': {
    env: { RETRY_ATTEMPTS: '2' },
    script: (_received, response) => void response.destroy(),
    provoke: ({ gateway }) => gateway.analyze({ seed: 1 }),
    status: 503,
    code: 'engine_unavailable',
    layer: 'retry',
    proxyStatus:
      /^gateway; error=destination_unavailable; details="retry: engine_unavailable \(attempts=2, reason=\w+, refusal=attempts\)"$/,
    event: 'retry.stopped',
  },
  'a reply that is not the contract': {
    script: (_received, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    provoke: ({ gateway }) => gateway.analyze({ seed: 1 }),
    status: 502,
    code: 'bad_engine_reply',
    layer: 'engine',
    proxyStatus: /^gateway; error=http_protocol_error; details="engine: bad_engine_reply"$/,
  },
  'the engine itself, whose own words come first': {
    script: overloaded,
    provoke: ({ gateway }) => gateway.analyze({ seed: 1 }),
    status: 503,
    code: 'overloaded',
    layer: 'engine',
    proxyStatus:
      /^engine; .*"admission: overloaded \(inFlight=9, limit=9\)", gateway; error=destination_unavailable; details="engine: overloaded"$/,
  },
  'the drain': {
    env: { DRAIN_TIMEOUT_MS: '1' },
    script: silence,
    provoke: async ({ engine, gateway }) => {
      const answer = gateway.analyze({ seed: 1 });
      await until('the request', () => engine.requests.length === 1);
      void gateway.gateway.stop();
      return answer;
    },
    status: 503,
    code: 'draining',
    layer: 'drain',
    proxyStatus: /^gateway; error=destination_unavailable; details="drain: draining"$/,
  },
};

describe('a refusal names its layer, in the reply and on the span of the request', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  for (const [who, refusal] of Object.entries(REFUSALS)) {
    it(who, async () => {
      const engine = await ScriptedEngine.start(refusal.script);
      closing.push(() => engine.stop());
      const { tracing, spans } = recordingTracing();
      const env = { ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1', BREAKER_READINESS_MS: '0', ...refusal.env };
      const gateway = await TestGateway.start(env, tracing);
      closing.push(() => gateway.stop());
      const hang = async (headers: Record<string, string> = {}): Promise<void> => {
        const leaving = new AbortController();
        const hanging = gateway.analyze({ seed: 1 }, headers, { signal: leaving.signal });
        closing.push(() => {
          leaving.abort();
          return assert.rejects(hanging);
        });
        await until('the request that hangs', () => engine.requests.length === 1);
      };
      const answer = await refusal.provoke({ engine, gateway, hang });
      assert.equal(answer.status, refusal.status);
      assert.equal(answer.body.code, refusal.code);
      assert.equal(answer.body.type, `urn:penstock:error:${refusal.code}`);
      assert.equal(answer.body.layer, refusal.layer);
      const told = answer.headers.get('proxy-status') ?? '';
      assert.match(told, refusal.proxyStatus);
      const isNamed = ({ name }: { readonly name: string }): boolean => name === 'request.refused';
      const events = spans.findLast((span) => span.events.some(isNamed))?.events ?? [];
      const named = events.find(isNamed);
      assert.equal(named?.attributes['penstock.layer'], refusal.layer);
      assert.equal(named.attributes['error.type'], refusal.code);
      const evidence = /details="[^"(]*\(([^)]*)\)"$/.exec(told)?.[1];
      assert.equal(named.attributes['penstock.evidence'], evidence);
      if (refusal.event !== undefined) assert.ok(events.some(({ name }) => name === refusal.event));
    });
  }
});

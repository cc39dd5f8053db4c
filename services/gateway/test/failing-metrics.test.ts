import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ProblemError, toProblem } from '@penstock/contracts';
import { json, World } from './support/world.ts';

const ANALYZE = '/api/analyze/comprehensive';
const HEADERS = { 'content-type': 'application/json' };

/** What a client gets of a gateway whose engine answers, fails once, refuses and is gone. */
async function replies(world: World): Promise<string[]> {
  const seen: string[] = [];
  const ask = async (path: string, init: RequestInit = {}): Promise<void> => {
    const reply = await fetch(`${world.url}${path}`, init);
    const type = reply.headers.get('content-type') ?? '';
    const body = type.includes('json') ? JSON.stringify(await reply.json(), withoutTimes) : await reply.text().then(() => '');
    seen.push(`${path} ${reply.status} ${type} ${body}`);
  };
  const analyze = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> =>
    ask(ANALYZE, { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) });

  await analyze({ n: 1 }, { 'idempotency-key': 'a' });
  await analyze({ n: 1 }, { 'idempotency-key': 'a' });
  await analyze({ n: 2 }, { 'idempotency-key': 'a' });
  world.answer = (_request, response) => {
    world.answer = (_again, second) => json(second, 200, { second: true });
    json(response, 503, toProblem(new ProblemError('storage_unavailable', 'no database')));
  };
  await analyze({ n: 3 });
  world.answer = (_request, response) => json(response, 422, toProblem(new ProblemError('invalid_analysis', 'no')));
  await analyze({ n: 4 });
  await analyze({ n: 5 }, { 'request-timeout': 'soon' });
  world.answer = (request) => request.socket.destroy();
  for (const n of [6, 7, 8]) await analyze({ n });
  await analyze({ n: 1 }, { 'cache-control': 'stale-if-error' });
  for (const path of ['/nowhere', '/health', '/health/live', '/health/ready', '/api/resilience', '/status']) await ask(path);
  return seen;
}

// What no two runs have in common.
const withoutTimes = (key: string, value: unknown): unknown =>
  /^(at|.*_ms|.*_s|detail|since|origin|tokens)$/.test(key) ? undefined : value;

it('series that all throw change no reply of the gateway; what is wrong is counted', async () => {
  const env = { BREAKER_THRESHOLD: '2', RETRY_ATTEMPTS: '2' };
  const [sound, broken] = [await World.start(env), await World.start(env)];
  for (const metric of broken.metrics.registry.getMetricsAsArray())
    Object.defineProperty(metric, 'sets', { get: () => assert.fail('injected') });
  try {
    assert.deepEqual(await replies(broken), await replies(sound));
    assert.equal(sound.metrics.guard.problems, 0);
    assert.ok(broken.metrics.guard.problems > 50, `${broken.metrics.guard.problems} problems`);
  } finally {
    await Promise.all([sound.stop(), broken.stop()]);
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVERY_EVENT, SHADOWED } from '../support/every-event.ts';
import { told } from '../support/listening.ts';

describe('a policy in shadow mode', () => {
  it('is there for each policy around the core, and for the breaker', () => {
    assert.equal(SHADOWED.length, 13);
  });

  for (const event of SHADOWED) {
    it(`is counted as such and as nothing else: ${event.type}`, async () => {
      const { counted, span } = await told(event);
      assert.equal(counted.length, 1);
      assert.match(counted[0]!, /^shadow_decisions_total\{policy="[a-z-]+",decision="[a-z_]+"\} 1$/);
      assert.deepEqual(
        span.events.map(({ name }) => name),
        ['shadow.decision'],
      );
    });
  }

  it('tells what it would have done, and on what that rests', async () => {
    const { counted, span } = await told({ ...EVERY_EVENT.concurrency_shed, shadow: true });
    assert.deepEqual(counted, ['shadow_decisions_total{policy="concurrency",decision="shed"} 1']);
    assert.deepEqual(
      { ...span.events[0]!.attributes },
      {
        'penstock.policy': 'concurrency',
        'penstock.would': 'shed',
        'penstock.engine': 'engine',
        'penstock.priority': 'interactive',
        'penstock.in_flight': 20,
        'penstock.limit': 20,
        'penstock.retry_after_ms': 1500,
      },
    );
  });

  it('of the breaker: the log does not say that it is open', async () => {
    const { logged } = await told({ ...EVERY_EVENT.breaker_transition, shadow: true });
    assert.deepEqual(logged, [
      'info Circuit breaker in shadow mode would be OPEN for engine: consecutive_calls (5 in a row, last failure ECONNREFUSED)',
    ]);
  });
});

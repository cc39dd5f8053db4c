import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdict } from '../../../src/status/page/verdict.ts';
import { breaker, state } from '../support/snapshots.ts';

const two = (one: Parameters<typeof breaker>[0], other: Parameters<typeof breaker>[0] = {}) =>
  state({ breakers: [breaker({ name: 'engine-1', ...one }), breaker({ name: 'engine-2', ...other })] });

describe('the line on top of the page', () => {
  it('is content while calls pass', () => {
    assert.deepEqual(verdict(state()), { tone: 'pass', words: 'Calls pass' });
  });

  it('says that calls are refused where every circuit is open, and which is avoided where one is', () => {
    assert.deepEqual(verdict(two({ state: 'open' }, { state: 'open' })), {
      tone: 'fail',
      words: 'Calls are refused: the circuit of engine-1, engine-2 is open',
    });
    assert.deepEqual(verdict(two({ state: 'open' })), { tone: 'warn', words: 'Calls pass, but not to engine-1: circuit open' });
  });

  it('names an engine that is being tried, and one whose last calls failed', () => {
    assert.equal(verdict(two({}, { state: 'half_open' })).words, 'engine-2 is being tried: circuit half-open');
    assert.equal(verdict(two({ consecutive_failures: 2 })).words, 'Calls pass; the last ones to engine-1 failed');
  });

  it('knows that a breaker which only watches refuses nobody', () => {
    assert.equal(verdict(state({ breakers: [breaker({ mode: 'shadow', state: 'open' })] })).tone, 'pass');
  });

  it('tells that Redis is away, and a drain before everything else', () => {
    const away = { kind: 'redis', ok: false, since: null, detail: 'gone' } as const;
    assert.match(verdict(state({ shared_state: away })).words, /out of reach/);
    assert.match(verdict(state({ shared_state: away, drain: 'propagating' })).words, /^Shutting down/);
  });
});

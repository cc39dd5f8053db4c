import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fault } from '../../src/faults/fault.ts';
import { FaultInjector } from '../../src/faults/injector.ts';

const error: Fault = { name: 'outage', kind: 'error', percent: 30, status: 503 };
const slow: Fault = { name: 'slow', kind: 'latency', percent: 50, delay_ms: 100, jitter_ms: 50 };
const hits = (injector: FaultInjector, count: number, route = '/a'): string[] =>
  Array.from({ length: count }, () =>
    injector
      .draw('GET', route)
      .map(({ fault }) => fault.name)
      .join(),
  );

describe('a fault injector', () => {
  it('hits the share of requests that its percentage says', () => {
    const injector = new FaultInjector({ seed: 7, faults: [error] });
    const hit = hits(injector, 10_000).filter((names) => names !== '').length;
    // Three standard deviations of a binomial of 10,000 at 0.3.
    assert.ok(Math.abs(hit - 3000) < 138, `${hit} of 10,000`);
  });

  it('hits everything at 100 percent and nothing at 0', () => {
    const at = (percent: number) => hits(new FaultInjector({ seed: 1, faults: [{ ...error, percent }] }), 1000);
    assert.ok(at(100).every((names) => names === 'outage'));
    assert.ok(at(0).every((names) => names === ''));
  });

  it('repeats its decisions for the same seed, begins anew when set, and differs for another seed', () => {
    const injector = new FaultInjector({ seed: 7, faults: [error] });
    const first = hits(injector, 200);
    assert.deepEqual(hits(new FaultInjector({ seed: 7, faults: [error] }), 200), first);
    injector.set({ seed: 7, faults: [error] });
    assert.deepEqual(hits(injector, 200), first);
    injector.set({ seed: 8, faults: [error] });
    assert.notDeepEqual(hits(injector, 200), first);
  });

  it('hits the same requests with a fault whatever other faults there are', () => {
    const alone = hits(new FaultInjector({ seed: 7, faults: [error] }), 300);
    const both = hits(new FaultInjector({ seed: 7, faults: [slow, error] }), 300);
    assert.deepEqual(
      both.map((names) => names.includes('outage')),
      alone.map((names) => names.includes('outage')),
    );
  });

  it('draws latencies within their jitter, and stops at an error', () => {
    const injector = new FaultInjector({
      seed: 1,
      faults: [
        { ...slow, percent: 100 },
        { ...error, percent: 100 },
        { name: 'cut', kind: 'abort', percent: 100 },
      ],
    });
    for (let i = 0; i < 100; i++) {
      const drawn = injector.draw('GET', '/a');
      assert.deepEqual(
        drawn.map(({ fault }) => fault.name),
        ['slow', 'outage'],
      );
      const delayMs = drawn[0] !== undefined && 'delayMs' in drawn[0] ? drawn[0].delayMs : Number.NaN;
      assert.ok(delayMs >= 100 && delayMs < 150, `${delayMs}`);
    }
  });

  it('hits only the route and method that it names', () => {
    const injector = new FaultInjector({ seed: 1, faults: [{ ...error, percent: 100, route: '/a/:id', method: 'PUT' }] });
    assert.equal(injector.draw('PUT', '/a/:id').length, 1);
    assert.equal(injector.draw('GET', '/a/:id').length, 0);
    assert.equal(injector.draw('PUT', '/a').length, 0);
  });

  it('leaves health, metrics, admin and internal alone unless it names them', () => {
    const all = new FaultInjector({ seed: 1, faults: [{ ...error, percent: 100 }] });
    for (const route of ['/health', '/health/ready', '/metrics', '/api/metrics', '/admin/faults', '/internal/traces/keep'])
      assert.equal(all.draw('GET', route).length, 0, route);
    assert.equal(all.draw('GET', '/healthy').length, 1);
    const named = new FaultInjector({ seed: 1, faults: [{ ...error, percent: 100, route: '/health/ready' }] });
    assert.equal(named.draw('GET', '/health/ready').length, 1);
  });
});

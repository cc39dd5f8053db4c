import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { CONTENT_SECURITY_POLICY, renderPage, sectionsOf } from '../../../src/status/page/page.ts';
import { SAMPLE_MS } from '../../../src/status/traffic.ts';
import { breaker, NOW, point, request, snapshot, state } from '../support/snapshots.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');
const between = (page: string, tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? '';
const section = (id: string, over: Parameters<typeof snapshot>[0]) => sectionsOf(snapshot(over))[id]!;

describe('the status page', () => {
  it('runs its own script and style and nothing else, and names no other host', () => {
    const page = renderPage(snapshot());
    assert.ok(CONTENT_SECURITY_POLICY.includes(`script-src 'sha256-${hashOf(between(page, 'script'))}';`));
    assert.ok(CONTENT_SECURITY_POLICY.includes(`style-src 'sha256-${hashOf(between(page, 'style'))}';`));
    assert.doesNotMatch(CONTENT_SECURITY_POLICY, /unsafe|\*/);
    assert.doesNotMatch(page, / style=| on[a-z]+=|(src|href)="(https?:)?\/\//);
  });

  it('has everything in it without a script, and then loads itself again', () => {
    const page = renderPage(snapshot());
    for (const html of Object.values(sectionsOf(snapshot()))) assert.ok(page.includes(html));
    assert.match(page, /<noscript><meta http-equiv="refresh" content="5"><\/noscript>/);
  });

  it('gives each live section an element, and each id once', () => {
    const page = renderPage(
      snapshot({ state: state({ breakers: [breaker({ name: 'engine-1' }), breaker({ name: 'engine-2' })] }) }),
    );
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const id of Object.keys(sectionsOf(snapshot()))) assert.ok(ids.includes(id), id);
  });

  it('escapes whatever came from outside', () => {
    const hurt = '<script>hurt()</script>"';
    const page = renderPage(
      snapshot({
        state: state({
          pipeline: hurt,
          drain: hurt,
          breakers: [
            breaker({ name: hurt, transitions: [{ at: new Date(NOW).toISOString(), from: hurt, to: hurt, because: hurt }] }),
          ],
          hedges: [{ route: hurt, mode: 'enforce', delay_ms: null, samples: 0 }],
          pools: [{ name: hurt, origin: hurt, size: 1, connected: 0, active: 0, pending: 0, utilization: 0 }],
          shared_state: { kind: 'redis', ok: false, since: null, detail: hurt },
        }),
        requests: [request({ method: hurt, route: hurt, traceId: hurt })],
        jaegerUi: new URL('http://localhost:16686'),
      }),
    );
    assert.ok(!page.includes('<script>hurt'));
    assert.ok(!page.includes('script>"'));
    assert.ok(page.includes('href="http://localhost:16686/trace/%3Cscript%3Ehurt()%3C%2Fscript%3E%22"'));
  });
});

describe('its sections', () => {
  it('tell of an open breaker since when, why, and when a call is let through', () => {
    const at = new Date(NOW - 10_000).toISOString();
    const open = breaker({
      state: 'open',
      consecutive_failures: 5,
      since: at,
      next_attempt_in_s: 11.2,
      transitions: [{ at, from: 'closed', to: 'open', because: 'consecutive_calls' }],
    });
    const html = section('engines', { state: state({ breakers: [open] }) });
    assert.match(html, /circuit open/);
    assert.match(html, /in 12 s, or once it is ready/);
    assert.match(html, /11:59:50<\/time><span>open – calls failed in a row/);
    assert.match(html, /class="closed" x="0" y="0" width="580".*class="open" x="580" y="0" width="20"/s);
    const disbelieved = breaker({ ...open, readiness_believed: false });
    assert.doesNotMatch(section('engines', { state: state({ breakers: [disbelieved] }) }), /once it is ready/);
  });

  it('draw no state for the time before the start', () => {
    assert.match(
      section('engines', { startedAt: NOW - 30_000 }),
      /class="unknown" width="600".*class="closed" x="540" y="0" width="60"/s,
    );
  });

  it('say of a policy that it only watches, or is off', () => {
    const html = section('engines', {
      state: state({
        breakers: [breaker({ mode: 'off' })],
        throttles: [{ name: 'engine', mode: 'shadow', requests: 9, accepts: 3, probability: 0.25 }],
        concurrency: [{ name: 'engine', mode: 'off', limit: 320, in_flight: 0 }],
      }),
    });
    assert.match(html, /breaker off/);
    assert.match(html, /turns down 25 % of calls \(only watched\)/);
    assert.match(html, /0 of 320 attempts \(off\)/);
  });

  it('show rate, failures and percentiles of the last minute, and dashes where nobody asked', () => {
    const minute = point(NOW, { seconds: 60, outcomes: { answered: 90, rejected: 6, failed: 24 } });
    const html = section('tiles', { traffic: { points: [], lastMinute: minute } });
    assert.match(html, /<span class="big">2<\/span> <span class="muted">\/s/);
    assert.match(html, /<span class="big">20 %<\/span> <span class="muted">of 120/);
    assert.match(html, /p95<\/dt><dd><span class="big">80 ms/);
    const none = point(NOW, { outcomes: { answered: 0, rejected: 0, failed: 0 }, latency: null });
    assert.match(section('tiles', { traffic: { points: [], lastMinute: none } }), /p95<\/dt><dd><span class="big">–/);
  });

  it('say that nothing is measured where metrics are off', () => {
    assert.match(section('charts', { traffic: null }), /METRICS_ENABLED=false/);
    assert.doesNotMatch(section('tiles', { traffic: null }), /Latency/);
  });

  it('draw a line for each stretch with requests, and stack outcomes to their sum', () => {
    const quiet = point(NOW - SAMPLE_MS, { latency: null, outcomes: { answered: 0, rejected: 0, failed: 0 } });
    const html = section('charts', {
      traffic: { points: [point(NOW - 2 * SAMPLE_MS), quiet, point(NOW)], lastMinute: point(NOW) },
    });
    const line = /class="line p50" d="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.equal(line.match(/M/g)?.length, 2);
    const bars = [...html.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="([\d.]+)" width="9" height="([\d.]+)"/g)];
    assert.deepEqual(
      bars.map(([, kind]) => kind),
      ['answered', 'rejected', 'answered', 'rejected'],
    );
    // 4.2 a second of the 5 that the axis has.
    const [, , , y, height] = bars[0]!;
    assert.equal(Number(y) + Number(height), 120);
    assert.equal(Number(bars[0]![4]) + Number(bars[1]![4]), 100.8);
  });

  it('link a trace to Jaeger where its pages are known, and show the id all the same', () => {
    const id = request().traceId!;
    assert.match(section('requests', {}), new RegExp(`title="${id}"`));
    assert.doesNotMatch(section('requests', {}), /href/);
    const linked = section('requests', { jaegerUi: new URL('http://localhost:16686/jaeger/') });
    assert.ok(linked.includes(`href="http://localhost:16686/jaeger/trace/${id}"`));
    assert.match(section('requests', { requests: [request({ traceId: undefined })] }), /–/);
  });

  it('tell of a request its error code, or what answered in the engine’s place', () => {
    assert.match(
      section('requests', { requests: [request({ status: 503, code: 'circuit_open' })] }),
      /failed">503 circuit_open</,
    );
    assert.match(section('requests', { requests: [request({ status: 404, code: 'not_found' })] }), /rejected">404 not_found</);
    assert.match(section('requests', { requests: [request({ instead: 'replayed' })] }), />200 replayed</);
  });

  it('tell for each route when an attempt is late, or that it is not known yet', () => {
    const html = section('gateway', {
      state: state({
        hedges: [
          { route: '/api/datasets', mode: 'enforce', delay_ms: 38, samples: 400 },
          { route: '/api/estimators', mode: 'shadow', delay_ms: null, samples: 12 },
        ],
      }),
    });
    assert.match(html, /<dt>\/api\/datasets<\/dt><dd>after 38 ms</);
    assert.match(html, /<dt>\/api\/estimators<\/dt><dd>12 answers so far, too few \(only watched\)</);
    assert.doesNotMatch(section('gateway', {}), /second attempt/);
  });

  it('tell what Redis does, and the drain', () => {
    const shared_state = {
      kind: 'redis',
      ok: false,
      since: new Date(NOW).toISOString(),
      detail: 'Redis at r:6379: refused',
    } as const;
    const html = section('gateway', { state: state({ shared_state, drain: 'finishing' }) });
    assert.match(html, /away<\/span> Redis at r:6379: refused <span class="muted">since 12:00:00/);
    assert.match(html, /Drain<\/dt><dd>finishing/);
    assert.match(html, /40 of 100 tokens/);
  });
});

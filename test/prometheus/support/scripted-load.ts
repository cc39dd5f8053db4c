import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ANALYSES, flaky, latency, setFaults } from '../../support/faults.ts';
import { type Answer, analysisRequest, analyze, send, upload } from '../../support/requests.ts';
import type { ScrapedSystem } from './scraped-system.ts';

/** Something that happens to the system, done again until Prometheus has seen what it is to show. */
interface Step {
  readonly title: string;
  /** Expressions that have a value once it has been seen. */
  readonly shows: readonly string[];
  before?(): Promise<unknown>;
  work(): Promise<unknown>;
  after?(): void;
}

const LONGEST_MS = 120_000;
const CSV = `id,y,w\n${Array.from({ length: 40 }, (_, row) => `${row},${(row % 7) + (row % 2)},${row % 2}`).join('\n')}\n`;

/** Does whatever makes a series move: usual work, faults, refusals, an outage, a drain. Both services' jobs are named in what is waited for. */
export async function scriptedLoad(system: ScrapedSystem, say: (line: string) => void): Promise<void> {
  for (const step of steps(system)) {
    const began = performance.now();
    await step.before?.();
    let missing = step.shows;
    do {
      await step.work();
      missing = await unseen(system, missing);
      if (performance.now() - began > LONGEST_MS) throw new Error(`${step.title}: never seen: ${missing.join(', ')}`);
    } while (missing.length > 0);
    step.after?.();
    say(`${step.title}: seen after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}

async function unseen({ prometheus }: ScrapedSystem, expressions: readonly string[]): Promise<string[]> {
  const seen = await Promise.all(expressions.map((expression) => prometheus.holds(expression)));
  return expressions.filter((_, index) => seen[index] !== true);
}

// Ever since the start: a gauge may be back at 0, a restarted service counts from 0.
const counted = (...names: string[]): string[] => names.map((name) => `sum(max_over_time(${name}[1h])) > 0`);
const inBoth = (name: string): string[] => counted(`${name}{job="gateway"}`, `${name}{job="engine"}`);
const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

function steps(system: ScrapedSystem): Step[] {
  const { gatewayUrl, fleet, redis } = system;
  const [engineUrl = ''] = system.engineUrls;
  const logging = [...fleet.gateways, ...fleet.engines].map(({ running }) => running.child);
  let seed = 0;
  const distinct = (more: Readonly<Record<string, unknown>> = {}) => analysisRequest({ seed: ++seed, ...more });
  const ask = (headers: Readonly<Record<string, string>> = {}) => analyze(gatewayUrl, distinct(), headers);
  const read = (): Promise<Answer<unknown>> => send(`${gatewayUrl}/api/datasets`);
  const engineFaults = (...faults: readonly unknown[]) => Promise.all(system.engineUrls.map((url) => setFaults(url, faults)));
  // At its two connections the gateway lets the rest wait. Their figures are a third of the work.
  const crowd = (url: string) => times(12, () => analyze(url, distinct({ estimators: ['difference_in_means'] })));
  const known = analysisRequest();
  const reordered = Object.fromEntries(Object.entries(known).reverse());

  return [
    {
      title: 'uploads, reads and analyses, new and known',
      shows: counted('semcache_hits_total{type="exact"}', 'semcache_hits_total{type="semantic"}', 'drawing_success_total'),
      work: async () => {
        await upload(gatewayUrl, CSV);
        await times(2, read);
        await ask();
        for (const body of [known, reordered, known]) await analyze(gatewayUrl, body);
      },
    },
    {
      title: 'requests that are none',
      shows: inBoth('reject_total'),
      work: async () => {
        await analyze(gatewayUrl, {});
        await send(`${gatewayUrl}${ANALYSES}`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'y' });
      },
    },
    {
      title: 'nobody takes the logs',
      shows: inBoth('log_lines_dropped_total'),
      before: async () => {
        for (const { stdout } of logging) stdout?.pause();
      },
      work: () => Promise.all([times(50, read), times(50, () => send(`${engineUrl}/api/datasets`))]),
      after: () => {
        for (const { stdout } of logging) stdout?.resume();
      },
    },
    {
      title: 'deadlines pass, equal requests share one execution',
      shows: [...inBoth('deadline_exceeded_total'), ...inBoth('coalesced_total')],
      before: () => engineFaults(latency('late', 1200)),
      work: async () => {
        const [gatewayBody, engineBody] = [distinct(), distinct({ bootstrap: 200 })];
        await Promise.all([
          ask({ prefer: 'wait=1' }),
          analyze(engineUrl, distinct(), { 'penstock-deadline-ms': '300' }),
          times(2, () => analyze(gatewayUrl, gatewayBody)),
          times(2, () => analyze(engineUrl, engineBody)),
        ]);
      },
    },
    {
      title: 'reads are late, and hedged',
      shows: [...counted('hedges_total', 'hedged_calls_total'), ...inBoth('faults_injected_total')],
      before: async () => {
        const lateReads = { name: 'late-reads', kind: 'latency', percent: 50, route: '/api/datasets', delay_ms: 300 };
        await engineFaults(lateReads);
        await setFaults(gatewayUrl, [{ ...lateReads, delay_ms: 1 }]);
      },
      work: () => times(4, read),
    },
    {
      title: 'the budget is used up, so that nothing is hedged',
      shows: counted('hedges_refused_total', 'config_reloads_total'),
      before: () => system.settings({ RETRY_BUDGET_CAPACITY: '1', RETRY_BUDGET_PER_SECOND: '0', RETRY_BUDGET_PER_SUCCESS: '0' }),
      work: () => times(4, read),
    },
    {
      title: 'half of the attempts fail',
      shows: counted('orchestrator_retry_total', 'retries_refused_total'),
      before: async () => {
        await system.settings({ BREAKER_THRESHOLD: '0' });
        await engineFaults(flaky(50));
      },
      work: () => times(4, () => ask()),
    },
    {
      title: 'more work than there is room for',
      shows: [
        ...counted('worker_active_jobs', 'job_queue_depth', 'drawing_queue_size', 'shed_total{job="engine"}'),
        ...counted('connection_pool_active', 'connection_pool_pending', 'connection_pool_utilization_ratio'),
        ...inBoth('inflight_requests'),
      ],
      before: async () => {
        await system.settings({});
        await engineFaults();
      },
      work: () => Promise.all([crowd(gatewayUrl), crowd(engineUrl)]),
    },
    {
      title: 'a bulkhead of one',
      shows: counted('shed_total{job="gateway"}'),
      before: () => system.settings({ BULKHEAD_MAX: '1', BULKHEAD_QUEUE: '0', HEDGE_MODE: 'off' }),
      work: () => times(6, () => ask()),
    },
    {
      title: 'a quota',
      shows: counted('rate_limited_total'),
      before: () => system.settings({ RATE_LIMIT_MODE: 'enforce', RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_BURST: '1' }),
      work: () => times(3, read),
    },
    {
      title: 'a quota that is tried out',
      shows: counted('shadow_decisions_total'),
      before: () => system.settings({ RATE_LIMIT_MODE: 'shadow', RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_BURST: '1' }),
      work: () => times(3, read),
    },
    {
      title: 'a key that is used again, and one that Redis forgets meanwhile',
      shows: counted('idempotency_requests_total{decision="replay"}', 'idempotency_leases_lost_total'),
      before: async () => {
        await system.settings({});
        await engineFaults(latency('late', 400));
      },
      work: async () => {
        const headers = { 'idempotency-key': `key-${++seed}` };
        const body = distinct();
        await analyze(gatewayUrl, body, headers);
        await analyze(gatewayUrl, body, headers);
        const running = ask({ 'idempotency-key': `key-${++seed}` });
        await wait(200);
        await forgetAll(redis.port);
        await running;
      },
    },
    {
      title: 'Redis is gone',
      shows: counted('policy_store_failures_total'),
      before: () => redis.kill(),
      work: () => ask({ 'idempotency-key': `key-${++seed}` }),
    },
    {
      title: 'both engines are killed',
      shows: [
        ...counted('stale_served_total', 'stale_evictions_total', 'balance_exhausted_total', 'readiness_probes_total'),
        ...counted('circuit_breaker_consecutive_failures', 'circuit_breaker_calls_total{status="rejected"}'),
        'max(circuit_breaker_state) == 1',
      ],
      before: async () => {
        await engineFaults();
        // Enough of them that older ones no longer fit.
        await times(4, () => ask());
        await times(4, () => ask());
        await analyze(gatewayUrl, known);
        await Promise.all(fleet.engines.map(({ running }) => running.end()));
      },
      work: async () => {
        await times(2, () => ask());
        await analyze(gatewayUrl, known, { 'cache-control': 'stale-if-error=600' });
      },
    },
    {
      title: 'the engines are back',
      shows: [...counted('balance_changes_total{change="restored"}'), 'max(circuit_breaker_state) == 0'],
      before: async () => {
        // A hedge that comes first would end the trial of a half-open breaker without a verdict.
        await system.settings({ HEDGE_MODE: 'off' });
        await Promise.all(fleet.engines.map((_, index) => fleet.startEngine(index)));
      },
      work: () => times(2, () => ask()),
    },
    {
      title: 'both services drain',
      shows: ['max(drain_state{job="gateway"}) == 1', 'max(drain_state{job="engine"}) == 1'],
      before: async () => {
        for (const { running } of [...fleet.gateways, ...fleet.engines]) running.kill('SIGTERM');
      },
      work: () => wait(200),
    },
  ];
}

async function forgetAll(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('FLUSHALL\r\n');
  await once(socket, 'data');
  socket.destroy();
}

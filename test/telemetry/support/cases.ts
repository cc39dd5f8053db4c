import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ANALYSES, latency, setFaults } from '../../support/faults.ts';
import type { Jaeger } from '../../support/jaeger.ts';
import { Pair } from '../../support/pair.ts';
import { until } from '../../support/process.ts';
import { type Answer, analysisRequest, analyze, send } from '../../support/requests.ts';
import { Series } from '../../support/series.ts';
import type { Service } from './signals.ts';

/** Calls at once that the gateway lets through to the engine. */
const ROOM = 4;
/** Analyses that the engine computes at once, and that it lets wait. */
const WORKERS = 1;
const QUEUE = 3;
const NEVER_MS = 60_000;
const HELD_MS = 1500;
/** Computes for longer than any of the cases lasts. */
const ENDLESS = { bootstrap: 10_000, figures: false, estimators: ['aipw'] };

interface Resilience {
  readonly breakers: readonly { readonly state: string }[];
  readonly concurrency: readonly { readonly in_flight: number }[];
}

type Headers = Readonly<Record<string, string>>;
type Options = Readonly<Record<string, unknown>>;

/** Both services and a Jaeger, and what clients do to them. Each request says who it is in `User-Agent`, by which its trace is found. */
export class Cases {
  readonly #pair: Pair;
  readonly #crashFile: string;
  /** What each client got; nothing where it left. */
  readonly answers = new Map<string, Answer<{ readonly trace_id?: string }>>();

  private constructor(pair: Pair, crashFile: string) {
    this.#pair = pair;
    this.#crashFile = crashFile;
  }

  static async start(jaeger: Jaeger, folder: string): Promise<Cases> {
    const crashFile = path.join(folder, 'crash');
    const both = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp, LOG_LEVEL: 'debug', DRAIN_PROPAGATION_MS: '0' };
    const pair = await Pair.start({
      engineEnv: {
        ...both,
        FAULTS_ENABLED: 'true',
        WORKERS: String(WORKERS),
        WORKER_QUEUE: String(QUEUE),
        CRASH_FILE: crashFile,
        NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'crash-once.ts')}`,
      },
      gatewayEnv: {
        ...both,
        RETRY_BASE_MS: '10',
        ATTEMPT_TIMEOUT_MS: '3000',
        BREAKER_THRESHOLD: '2',
        BREAKER_PROBE_SUCCESSES: '1',
        CONCURRENCY_MIN: String(ROOM),
        CONCURRENCY_MAX: String(ROOM),
        HEDGE_DELAY_MS: '200',
        DRAIN_TIMEOUT_MS: '1500',
      },
    });
    return new Cases(pair, crashFile);
  }

  /**
   * All of them, one after the other. Ends with both services drained: whatever they recorded has been sent by then.
   * @param beforeDrain is waited for while there are still both
   */
  async run(beforeDrain: () => Promise<void>): Promise<void> {
    await this.#expect(200, 'success', { estimators: ['ols', 'aipw'], figures: true });
    await this.#cached();
    await this.#retried();
    await this.#hedged();
    await this.#coalesced();
    await this.#timedOut();
    await this.#deadline();
    await this.#left();
    await this.#shed();
    await this.#queueFull();
    await this.#crashed();
    await this.#outage();
    this.#hear('malformed', 400, await this.#post('malformed', '{'));
    await beforeDrain();
    await this.#drained();
  }

  /** What was logged, as it came. */
  get output(): Readonly<Record<Service, string>> {
    return { gateway: this.#pair.gateway.output, engine: this.#pair.engine.output };
  }

  /** `host:port` of each service. */
  get targets(): Readonly<Record<Service, readonly string[]>> {
    return { gateway: [new URL(this.#pair.gatewayUrl).host], engine: [new URL(this.#pair.engineUrl).host] };
  }

  stop(): Promise<void> {
    return this.#pair.stop();
  }

  async #cached(): Promise<void> {
    await this.#expect(200, 'computed');
    await this.#expect(200, 'cache hit', { seed: seedOf('computed') });
  }

  // From seed 3 the first two are hit, the third is not.
  async #retried(): Promise<void> {
    await this.#faults([{ name: 'down', kind: 'error', percent: 50, route: ANALYSES, status: 503 }], 3);
    await this.#expect(200, 'retried');
  }

  // From seed 0 the first is hit, the second is not.
  async #hedged(): Promise<void> {
    const route = '/api/datasets';
    await this.#faults([{ name: 'late', kind: 'latency', percent: 50, route, delay_ms: NEVER_MS }], 0);
    this.#hear('hedged', 200, await this.#read('hedged', route));
  }

  async #coalesced(): Promise<void> {
    await this.#faults([latency('held', HELD_MS)]);
    const first = this.#expect(200, 'shared');
    await this.#inFlight(1);
    await Promise.all([first, this.#expect(200, 'coalesced', { seed: seedOf('shared') })]);
  }

  // From seed 5 the first is hit, the second is not.
  async #timedOut(): Promise<void> {
    await this.#faults([{ ...latency('hung', NEVER_MS), percent: 50 }], 5);
    await this.#expect(200, 'timeout');
  }

  async #deadline(): Promise<void> {
    await this.#faults([latency('held', NEVER_MS)]);
    this.#hear('deadline', 504, await this.#analyze('deadline', {}, { 'request-timeout': '0.3' }));
  }

  async #left(): Promise<void> {
    const leaving = new AbortController();
    const answer = this.#analyze('client abort', {}, {}, leaving.signal);
    await this.#inFlight(1);
    leaving.abort();
    await assert.rejects(answer);
    await this.#inFlight(0);
  }

  async #shed(): Promise<void> {
    await this.#faults([latency('held', HELD_MS)]);
    const others = Array.from({ length: ROOM }, (_, i) => this.#expect(200, `ahead ${i}`));
    await this.#inFlight(ROOM);
    await Promise.all([this.#expect(503, 'shed'), ...others]);
  }

  // By callers that come past the gateway, which lets no more than ROOM through.
  async #queueFull(): Promise<void> {
    await this.#faults([]);
    const leaving = new AbortController();
    const others = Array.from({ length: WORKERS + QUEUE }, (_, i) =>
      assert.rejects(analyze(this.#pair.engineUrl, analysisRequest({ ...ENDLESS, seed: i }), {}, leaving.signal)),
    );
    await this.#computing(WORKERS + QUEUE);
    await this.#expect(503, 'queue full');
    leaving.abort();
    await Promise.all(others);
    await this.#computing(0);
  }

  async #crashed(): Promise<void> {
    writeFileSync(this.#crashFile, '');
    await this.#expect(200, 'worker crash');
    assert.equal(existsSync(this.#crashFile), false, 'a worker thread has taken it');
  }

  async #outage(): Promise<void> {
    await this.#faults([{ name: 'down', kind: 'error', percent: 100, route: ANALYSES, status: 503 }]);
    await this.#expect(503, 'failure');
    await this.#expect(503, 'failure that opens');
    await this.#expect(503, 'open breaker');
    await this.#faults([]);
    await until('the engine to be let in again', async () => (await this.#resilience()).breakers[0]?.state === 'half_open');
    await this.#expect(200, 'probe');
  }

  // The one can be finished in time, the other cannot.
  async #drained(): Promise<void> {
    const { gateway, engine } = this.#pair;
    const route = '/api/estimators';
    await this.#faults([
      latency('held', HELD_MS / 3),
      { name: 'hung', kind: 'latency', percent: 100, route, delay_ms: NEVER_MS },
    ]);
    const finished = this.#expect(200, 'drain');
    const aborted = this.#read('drain that lasts', route);
    // Late, so hedged.
    await this.#inFlight(3);
    gateway.kill('SIGTERM');
    await finished;
    this.#hear('drain that lasts', 503, await aborted);
    assert.deepEqual(await gateway.exited, { code: 0, signal: null });
    engine.kill('SIGTERM');
    assert.deepEqual(await engine.exited, { code: 0, signal: null });
  }

  async #expect(status: number, who: string, options?: Options): Promise<void> {
    this.#hear(who, status, await this.#analyze(who, options));
  }

  #hear(who: string, status: number, answer: Answer<{ readonly trace_id?: string }>): void {
    assert.equal(answer.status, status, `${who}: ${answer.text}`);
    this.answers.set(who, answer);
  }

  /** A small analysis that nobody else asks for, unless the options say otherwise. */
  #analyze(who: string, options: Options = {}, headers: Headers = {}, signal?: AbortSignal) {
    const body = analysisRequest({ seed: seedOf(who), figures: false, estimators: ['ols'], ...options });
    return this.#post(who, JSON.stringify(body), headers, signal);
  }

  #post(who: string, body: string, headers: Headers = {}, signal?: AbortSignal) {
    return send<{ trace_id?: string }>(`${this.#pair.gatewayUrl}${ANALYSES}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': who, ...headers },
      body,
      ...(signal !== undefined && { signal }),
    });
  }

  #read(who: string, path: string) {
    return send<{ trace_id?: string }>(`${this.#pair.gatewayUrl}${path}`, { headers: { 'user-agent': who } });
  }

  #faults(faults: readonly unknown[], seed?: number): Promise<void> {
    return setFaults(this.#pair.engineUrl, faults, seed);
  }

  async #resilience(): Promise<Resilience> {
    return (await send<Resilience>(`${this.#pair.gatewayUrl}/api/resilience`)).body;
  }

  async #computing(count: number): Promise<void> {
    await until(`${count} analyses in the engine`, async () => {
      const series = await Series.read(this.#pair.engineUrl);
      return series.sum('worker_active_jobs') + series.sum('job_queue_depth') === count;
    });
  }

  async #inFlight(count: number): Promise<void> {
    await until(`${count} attempts under way`, async () => (await this.#resilience()).concurrency[0]?.in_flight === count);
  }
}

/** The same for the same name. */
const seedOf = (who: string): number =>
  [...who].reduce((seed, letter) => (31 * seed + (letter.codePointAt(0) ?? 0)) % 1_000_003, 0);

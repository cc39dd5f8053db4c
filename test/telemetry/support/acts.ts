import { breakersOf } from '../../chaos/support.ts';
import type { FaultProxy } from '../../support/fault-proxy.ts';
import { ANALYSES, latency, setFaults } from '../../support/faults.ts';
import type { Pair } from '../../support/pair.ts';
import { until } from '../../support/process.ts';
import { Series } from '../../support/series.ts';
import type { CountingClient, Seen } from './counting-client.ts';
import { JSON_BODY, Requests, UPLOAD } from './various-requests.ts';

export interface Stage {
  readonly client: CountingClient;
  readonly pair: Pair;
  readonly proxy: FaultProxy;
  /** Reloads the gateway with these variables over those it was started with. */
  readonly settings: (variables: Readonly<Record<string, string>>) => Promise<void>;
}

/** Address of the one client that asks for more than its quota, and what it may ask for at once. */
const GREEDY = 250;
const BURST = 100;
/** Longer than anything here waits. */
const HELD_MS = 600_000;

/** Every way in which a request can end, on a stage of both services with the fault proxy between them. */
export class Acts {
  readonly #stage: Stage;
  readonly #requests: Requests;

  constructor(stage: Stage, seed: number) {
    this.#stage = stage;
    this.#requests = new Requests(seed);
  }

  /** @param size no fewer requests */
  async play(size: number): Promise<void> {
    const share = (part: number): number => Math.max(1, Math.round(size * part));
    await this.#upload();
    await this.#mixed(share(0.65));
    await this.#together(share(0.02));
    await this.#left(share(0.03));
    await this.#late(share(0.03));
    await this.#crowded(share(0.05));
    await this.#spared(share(0.06));
    await this.#outage(share(0.04));
    await this.#greedy(share(0.05) + BURST);
  }

  async #upload(): Promise<void> {
    const { client } = this.#stage;
    const { headers } = await client.ask(UPLOAD);
    this.#requests.dataset = headers.location?.split('/').at(-1) ?? '';
  }

  /** Reads, analyses new and known, repeated and misused keys, requests that are none; the engine and the way to it fail. */
  async #mixed(size: number): Promise<void> {
    const requests = this.#requests;
    const { client, proxy } = this.#stage;
    await this.#faults([
      { name: 'flaky', kind: 'error', percent: 20, route: ANALYSES, status: 503 },
      { name: 'cut', kind: 'abort', percent: 3, route: ANALYSES },
      { name: 'late', kind: 'latency', percent: 10, route: '/api/estimators', delay_ms: 150 },
    ]);
    proxy.resetAtRandom(0.02, 5);
    const lines = 16;
    await Promise.all(
      Array.from({ length: lines }, async (_, line) => {
        // Known to this line alone: equal requests at the same time would share an execution.
        const known = [1, 2, 3].map(() => requests.analysis());
        for (let sent = 0; sent < size / lines; ) {
          const asked = requests.pick([
            ...repeat(30, () => [requests.read()]),
            ...repeat(20, () => [requests.from(requests.pick(known))]),
            ...repeat(8, () => [requests.from(requests.analysis())]),
            ...repeat(4, () => requests.misused(line)),
            ...repeat(20, () => [requests.from(requests.wrong())]),
          ])();
          for (const each of asked) await client.ask(each);
          sent += asked.length;
        }
      }),
    );
    proxy.resetAtRandom(0, 0);
    await this.#faults([]);
  }

  /** Equal requests at the same time, and keys that are in use: while the engine stands still. */
  async #together(groups: number): Promise<void> {
    const requests = this.#requests;
    const { client, pair, proxy } = this.#stage;
    for (const wave of waves(groups, 10)) {
      const keyed = wave.map((_, index) => requests.keyed(index));
      const before = proxy.began.length;
      pair.engine.kill('SIGSTOP');
      const first = client.all(keyed);
      await until('the engine to have them', () => proxy.began.length === before + wave.length);
      // A key in use is refused before anything is shared; without a key, it is.
      await client.all(keyed);
      const others = keyed.flatMap((each) =>
        [1, 2, 3].map(() => ({ ...requests.from(each), headers: JSON_BODY, known: 'joined' as const })),
      );
      const sharing = client.all(others);
      await this.#atGateway(keyed.length + others.length);
      pair.engine.kill('SIGCONT');
      await Promise.all([first, sharing]);
    }
  }

  /** Clients that leave while the engine has their requests. */
  async #left(size: number): Promise<void> {
    const requests = this.#requests;
    await this.#faults([latency('held', HELD_MS)]);
    for (const wave of waves(size, 24)) {
      const leaving = new AbortController();
      const all = this.#stage.client.all(
        wave.map(() => requests.from(requests.analysis())),
        leaving.signal,
      );
      await this.#atEngine(wave.length);
      leaving.abort();
      await all;
      await this.#atEngine(0);
    }
  }

  /** Clients that wait a second. */
  async #late(size: number): Promise<void> {
    const requests = this.#requests;
    for (const wave of waves(size, 60)) {
      await this.#stage.client.all(
        wave.map(() => requests.from({ ...requests.analysis(), headers: { ...JSON_BODY, 'request-timeout': '1' } })),
      );
    }
  }

  /** More at once than the bulkhead has room for. */
  async #crowded(size: number): Promise<void> {
    const requests = this.#requests;
    await this.#faults([latency('held', 200)]);
    await this.#stage.settings({ BULKHEAD_MAX: '4', BULKHEAD_QUEUE: '4' });
    for (const wave of waves(size, 25)) await this.#stage.client.all(wave.map(() => requests.from(requests.analysis())));
    await this.#stage.settings({});
  }

  /** An engine that says 429 is spared. */
  async #spared(size: number): Promise<void> {
    const requests = this.#requests;
    await this.#faults([{ name: 'full', kind: 'error', percent: 100, route: ANALYSES, status: 429 }]);
    const asked = Array.from({ length: size }, () => requests.from(requests.analysis()));
    await this.#stage.client.through(4, asked);
    await this.#faults([]);
  }

  /** Every connection breaks: failures, then refusals by the breaker, and earlier answers for who takes them. */
  async #outage(size: number): Promise<void> {
    const requests = this.#requests;
    const { client, pair, proxy } = this.#stage;
    const kept = requests.analysis();
    const answered = ({ status }: Seen): boolean => status === 200;
    const ask = (): Promise<Seen> => client.ask(requests.from(requests.analysis()));
    await until('an answer that is kept', async () => answered(await client.ask(requests.from(kept))));
    proxy.resetAtRandom(1, 1);
    await until('a refusal', async () => (await ask()).code === 'circuit_open');
    for (let i = 0; i < size; i++) {
      const stale = { ...kept, headers: { ...JSON_BODY, 'cache-control': 'stale-if-error' }, known: 'stale' } as const;
      await client.ask(requests.from(i % 2 === 0 ? stale : requests.analysis()));
    }
    proxy.resetAtRandom(0, 0);
    const state = async (): Promise<string | undefined> => (await breakersOf(pair.gatewayUrl))[0]?.state;
    await until('the breaker to believe readiness', async () => (await state()) !== 'open');
    for (const what of ['an answer', 'another']) await until(what, async () => answered(await ask()));
  }

  /** One client asks for more than its quota. */
  async #greedy(size: number): Promise<void> {
    await this.#stage.client.through(
      8,
      Array.from({ length: size }, () => ({ ...this.#requests.read(), from: GREEDY })),
    );
  }

  #faults(faults: readonly unknown[]): Promise<void> {
    return setFaults(this.#stage.pair.engineUrl, faults);
  }

  #atEngine(count: number): Promise<unknown> {
    return inFlight(this.#stage.pair.engineUrl, count);
  }

  #atGateway(count: number): Promise<unknown> {
    return inFlight(this.#stage.pair.gatewayUrl, count);
  }
}

/** Waits until a service has so many requests, besides the one that asks. */
const inFlight = (url: string, count: number): Promise<unknown> =>
  until(`${count} requests in flight at ${url}`, async () => {
    return (await Series.read(url)).sum('inflight_requests') - 1 === count;
  });

const repeat = <T>(times: number, each: T): T[] => Array.from({ length: times }, () => each);

/** So many, in pieces of at most `most`. */
const waves = (size: number, most: number): undefined[][] =>
  Array.from({ length: Math.ceil(size / most) }, (_, index) => repeat(Math.min(most, size - index * most), undefined));

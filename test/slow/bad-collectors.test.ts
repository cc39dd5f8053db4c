/** What a collector that is away, silent, slow or failing does to a gateway: nothing to requests, nothing to its exit. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { absent, absentAgent, answering, type BadCollector, blackHole, deafAgent, refusing } from '../support/bad-collectors.ts';
import { fastestOfFive } from '../support/busy.ts';
import { serviceReady } from '../support/engine-process.ts';
import { call, quantile } from '../support/load.ts';
import { type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts';
import { freePort, type Running, runNode, until } from '../support/process.ts';
import { portOf } from '../support/relay.ts';
import { analysisRequest } from '../support/requests.ts';
import { Series } from '../support/series.ts';

const GATEWAY = path.join(import.meta.dirname, '../../services/gateway/src/main.ts');
/** Calls until code that all of them run is compiled in all of them. */
const WARM_UP_ROUNDS = 100;
const ROUNDS = 100;
/** Medians of calls made in turn: those of equal gateways differ by a few percent. */
const NOISE = 1.5;
const FLUSH_MS = 500;
/** An exporter gives a batch ten seconds: who waits for that is far beyond. */
const EXIT_MS = FLUSH_MS + 5000;
/** Spans that wait for one exporter at most. */
const QUEUE = 8192;

type Environment = Readonly<Record<string, string>>;
const EXPORTERS: Readonly<Record<string, (collector: BadCollector) => Environment>> = {
  OTLP: ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
  'the Jaeger collector': ({ url }) => ({ JAEGER_ENDPOINT: url }),
};
const AGENT = { 'the Jaeger agent': ({ url }: BadCollector) => ({ JAEGER_ENDPOINT: new URL(url).host }) };

class Gateway {
  readonly running: Running;
  readonly url: string;
  readonly #agent = new http.Agent({ keepAlive: true });

  private constructor(running: Running, url: string) {
    this.running = running;
    this.url = url;
  }

  static async start(env: Environment): Promise<Gateway> {
    const port = await freePort();
    const settings = { ENGINE_URL: engine.url, LOG_FORMAT: 'ecs', DRAIN_PROPAGATION_MS: '0', DRAIN_FLUSH_MS: String(FLUSH_MS) };
    const gateway = new Gateway(
      runNode(GATEWAY, { GATEWAY_PORT: String(port), ...settings, ...env }),
      `http://127.0.0.1:${port}`,
    );
    await serviceReady(gateway.running, gateway.url);
    return gateway;
  }

  /** One analysis, different from all others; how long it took, ms. */
  async call(): Promise<number> {
    const url = new URL('/api/analyze/comprehensive', this.url);
    const body = analysisRequest({ seed: seed++ });
    const { status, code, ms } = await call(url, this.#agent, { index: 0, body, headers: {}, timeoutMs: 5000, beganMs: 0 });
    assert.equal(status, 200, `answered ${status} ${code}`);
    return ms;
  }

  /** How long its exit takes from SIGTERM on, ms. */
  async exit(): Promise<number> {
    const from = performance.now();
    this.running.kill('SIGTERM');
    const { code } = await this.running.exited;
    assert.equal(code, 0, this.running.output);
    return performance.now() - from;
  }

  async end(): Promise<void> {
    this.#agent.destroy();
    await this.running.end();
  }

  /** Lines of the log about one problem of tracing. */
  lines(problem: string): string[] {
    return this.running.output.split('\n').filter((line) => line.includes(`Tracing: ${problem}`));
  }
}

let seed = 0;
let engine: { readonly url: string; close(): void };
let good: OtlpCollector;

before(async () => {
  const server = http.createServer((request, reply) => {
    request.resume().on('end', () => reply.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  engine = { url: `http://127.0.0.1:${portOf(server)}`, close: () => server.close() };
  good = await startOtlpCollector();
});

after(async () => {
  await good.stop();
  engine.close();
});

interface Behaviour {
  readonly start: () => Promise<BadCollector>;
  readonly exporters: Readonly<Record<string, (collector: BadCollector) => Environment>>;
  /** Whether the collector sees that it is sent something. */
  readonly heard: boolean;
  /** Whether the gateway can know that spans were lost: nobody answers over UDP. */
  readonly known: boolean;
}

const http1 = { exporters: EXPORTERS, known: true } as const;
const udp = { exporters: AGENT, known: false } as const;
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'refuses connections': { ...http1, start: refusing, heard: false },
  'takes connections and never answers': { ...http1, start: blackHole, heard: true },
  'is behind a network that swallows packets': { ...http1, start: absent, heard: false },
  'answers after a minute': { ...http1, start: () => answering(200, 60_000), heard: true },
  'answers 500': { ...http1, start: () => answering(500), heard: true },
  'takes packets and keeps none': { ...udp, start: deafAgent, heard: true },
  'is an agent that is away': { ...udp, start: absentAgent, heard: false },
};

for (const [behaviour, { start, exporters, heard, known }] of Object.entries(BEHAVIOURS)) {
  describe(`a collector that ${behaviour}`, () => {
    let collector: BadCollector;
    let beside: Gateway;
    const gateways = new Map<string, Gateway>();
    before(async () => {
      collector = await start();
      beside = await Gateway.start({ OTEL_EXPORTER_OTLP_ENDPOINT: good.url });
      for (const [name, environment] of Object.entries(exporters)) {
        gateways.set(name, await Gateway.start(environment(collector)));
      }
    });
    after(async () => {
      for (const gateway of [beside, ...gateways.values()]) await gateway.end();
      await collector.close();
    });

    it('makes no request slower', async () => {
      for (let round = 0; round < WARM_UP_ROUNDS; round++) {
        for (const gateway of [beside, ...gateways.values()]) await gateway.call();
      }
      if (heard) await until('an export to begin', () => collector.hits() > 0);
      for (const [name, gateway] of gateways) {
        const ratio = await fastestOfFive(NOISE, () => slowness(gateway, beside));
        assert.ok(ratio < NOISE, `by ${name} the median is ${ratio.toFixed(2)} times that beside a good collector`);
      }
      if (behaviour !== 'answers 500') assert.equal(collector.answers(), 0, 'no answer was waited for');
    });

    it('holds up no exit, and what is lost is said once', async () => {
      for (const [name, gateway] of gateways) {
        const took = await gateway.exit();
        assert.ok(took < EXIT_MS, `by ${name} the exit took ${took.toFixed(0)} ms`);
        const { output } = gateway.running;
        if (known) assert.match(output, /Tracing: (export_failed|not everything was sent)/);
        assert.ok(gateway.lines('export_failed').length <= 1, output);
      }
    });
  });
}

describe('a gateway whose collectors are silent', () => {
  let collector: BadCollector;
  let gateway: Gateway;
  before(async () => {
    collector = await blackHole();
    gateway = await Gateway.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, JAEGER_ENDPOINT: collector.url });
  });
  after(async () => {
    await gateway.end();
    await collector.close();
  });

  it('keeps a bounded number of spans for each, counts the others, and says so once', async () => {
    const calls = QUEUE / 2 + 500;
    for (let sent = 0; sent < calls; sent += 50) await Promise.all(Array.from({ length: 50 }, () => gateway.call()));
    const problems = (await lost(gateway, 'spans_dropped')) + (await lost(gateway, 'export_failed'));
    assert.ok(problems >= 2 * (2 * calls - QUEUE), `${problems} spans are lost of ${calls} calls`);
    assert.equal(gateway.lines('spans_dropped').length, 2, 'a line for each exporter');

    const took = await gateway.exit();
    assert.ok(took < EXIT_MS, `the exit took ${took.toFixed(0)} ms`);
    const [, given] = /within 500 ms, (\d+) spans given up/.exec(gateway.running.output) ?? [];
    assert.ok(Number(given) > 0 && Number(given) <= 2 * QUEUE, `${given} spans were given up`);
  });
});

/** The median of calls of one gateway, as a multiple of that of another; they are called in turn. */
async function slowness(gateway: Gateway, beside: Gateway): Promise<number> {
  const times: number[] = [];
  const timesBeside: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(await gateway.call());
    timesBeside.push(await beside.call());
  }
  return quantile(times, 0.5) / quantile(timesBeside, 0.5);
}

/** Spans that a gateway says are lost, over all of its exporters. */
const lost = async ({ url }: Gateway, problem: string): Promise<number> =>
  (await Series.read(url)).sum('telemetry_problems_total', { problem });

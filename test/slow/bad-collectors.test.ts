/**
 * What a collector that is away, silent, slow or failing does to a service: nothing to requests, nothing to its exit, and
 * little to its memory.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { absent, absentAgent, answering, type BadCollector, blackHole, deafAgent, refusing } from '../support/bad-collectors.ts';
import { fastestOfFive } from '../support/busy.ts';
import { quantile } from '../support/load.ts';
import { type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts';
import { until } from '../support/process.ts';
import { portOf } from '../support/relay.ts';
import { type Environment, FLUSH_MS, TracedService } from './support/traced-service.ts';

/** Calls until code that all of them run is compiled in all of them. */
const WARM_UP_ROUNDS = 100;
const ROUNDS = 100;
/** Medians of calls made in turn: those of equal services differ by a few percent. */
const NOISE = 1.5;
/** An exporter gives a batch ten seconds: who waits for that is far beyond. */
const EXIT_MS = FLUSH_MS + 5000;
/** Spans that wait for one exporter at most. */
const QUEUE = 8192;
/**
 * A service that kept further spans would keep the 8,000 bytes of client's name in each, 320 MB of so many: with the
 * queue's bounds taken away the gateway grew by 373 MB. With them resident memory moves by up to 100 MB between two looks,
 * once the heap has the size that it takes from what is thrown away.
 */
const FURTHER = 40_000;
const MOST_GROWTH_BYTES = 150e6;

type Exporter = (collector: Pick<BadCollector, 'url'>) => Environment;
const otlp: Exporter = ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
const jaegerCollector: Exporter = ({ url }) => ({ JAEGER_ENDPOINT: url });
const jaegerAgent: Exporter = ({ url }) => ({ JAEGER_ENDPOINT: new URL(url).host });

let stub: { readonly url: string; close(): void };
let good: OtlpCollector;

before(async () => {
  const server = http.createServer((request, reply) => {
    request.resume().on('end', () => reply.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stub = { url: `http://127.0.0.1:${portOf(server)}`, close: () => server.close() };
  good = await startOtlpCollector();
});

after(async () => {
  await good.stop();
  stub.close();
});

const START = {
  gateway: (env: Environment) => TracedService.gateway(stub.url, env),
  engine: (env: Environment) => TracedService.engine(env),
} as const;
type Service = keyof typeof START;

interface Behaviour {
  readonly start: () => Promise<BadCollector>;
  /** By which way each service sends to it; the ways are the same code in both, so that one of them is enough for the engine. */
  readonly ways: Readonly<Partial<Record<Service, Readonly<Record<string, Exporter>>>>>;
  /** Whether the collector sees that it is sent something. */
  readonly heard: boolean;
  /** Whether a service can know that spans were lost: nobody answers over UDP. */
  readonly known: boolean;
}

const http1 = { ways: { gateway: { OTLP: otlp, 'the Jaeger collector': jaegerCollector }, engine: { OTLP: otlp } }, known: true };
const udp = { ways: { gateway: { 'the Jaeger agent': jaegerAgent } }, known: false };
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'refuses connections': { ...http1, start: refusing, heard: false },
  'takes connections and never answers': { ...http1, start: blackHole, heard: true },
  'is behind a network that swallows packets': { ...http1, start: absent, heard: false },
  'answers after a minute': { ...http1, start: () => answering(200, 60_000), heard: true },
  'answers 500': { ...http1, start: () => answering(500), heard: true },
  'takes packets and keeps none': { ...udp, start: deafAgent, heard: true },
  'is an agent that is away': { ...udp, start: absentAgent, heard: false },
};

for (const [behaviour, { start, ways, heard, known }] of Object.entries(BEHAVIOURS)) {
  for (const [service, exporters] of Object.entries(ways) as [Service, Readonly<Record<string, Exporter>>][]) {
    describe(`${service} and a collector that ${behaviour}`, () => {
      let collector: BadCollector;
      let beside: TracedService;
      let sending: readonly (readonly [name: string, service: TracedService])[];
      before(async () => {
        collector = await start();
        const starts = Object.entries(exporters).map(
          async ([name, environment]) => [name, await START[service](environment(collector))] as const,
        );
        [beside, sending] = await Promise.all([START[service](otlp(good)), Promise.all(starts)]);
      });
      after(async () => {
        await Promise.all([beside, ...sending.map(([, each]) => each)].map((each) => each.end()));
        await collector.close();
      });

      it('makes no request slower', async () => {
        for (let round = 0; round < WARM_UP_ROUNDS; round++) {
          await beside.call();
          for (const [, each] of sending) await each.call();
        }
        if (heard) await until('an export to begin', () => collector.hits() > 0);
        for (const [name, each] of sending) {
          const ratio = await fastestOfFive(NOISE, () => slowness(each, beside));
          assert.ok(ratio < NOISE, `by ${name} the median is ${ratio.toFixed(2)} times that beside a good collector`);
        }
        if (behaviour !== 'answers 500') assert.equal(collector.answers(), 0, 'no answer was waited for');
      });

      it('holds up no exit, and what is lost is said once', async () => {
        for (const [name, each] of sending) {
          const took = await each.exit();
          assert.ok(took < EXIT_MS, `by ${name} the exit took ${took.toFixed(0)} ms`);
          const { output } = each.running;
          if (known) assert.match(output, /Tracing: (export_failed|not everything was sent)/);
          assert.ok(each.lines('export_failed').length <= 1, output);
        }
      });
    });
  }
}

for (const service of Object.keys(START) as Service[]) {
  describe(`${service} whose collectors are silent`, () => {
    let collector: BadCollector;
    let sending: TracedService;
    before(async () => {
      collector = await blackHole();
      sending = await START[service]({ ...otlp(collector), ...jaegerCollector(collector) });
    });
    after(async () => {
      await sending.end();
      await collector.close();
    });

    it('keeps a bounded number of spans for each, counts the others, and says so once', async () => {
      const made = QUEUE + 1000;
      await sending.makeLongSpans(made);
      const problems = (await sending.lost('spans_dropped')) + (await sending.lost('export_failed'));
      assert.ok(problems >= 2 * (made - QUEUE), `${problems} spans are lost of ${made} for each exporter`);
      assert.equal(sending.lines('spans_dropped').length, 2, 'a line for each exporter');
    });

    it('needs no memory for further spans', async () => {
      // The heap takes its size.
      await sending.makeLongSpans(FURTHER);
      const before = await sending.residentBytes();
      await sending.makeLongSpans(FURTHER);
      const grown = (await sending.residentBytes()) - before;
      assert.ok(grown < MOST_GROWTH_BYTES, `it grew by ${(grown / 1e6).toFixed(0)} MB`);
    });

    it('gives up what waits when it exits', async () => {
      const took = await sending.exit();
      assert.ok(took < EXIT_MS, `the exit took ${took.toFixed(0)} ms`);
      const [, given] = /within 500 ms, (\d+) spans given up/.exec(sending.running.output) ?? [];
      assert.ok(Number(given) > 0 && Number(given) <= 2 * QUEUE, `${given} spans were given up`);
    });
  });
}

/** The median of calls of one service, as a multiple of that of another; they are called in turn. */
async function slowness(service: TracedService, beside: TracedService): Promise<number> {
  const times: number[] = [];
  const timesBeside: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(await service.call());
    timesBeside.push(await beside.call());
  }
  return quantile(times, 0.5) / quantile(timesBeside, 0.5);
}

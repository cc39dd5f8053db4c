/** Both services with real pipes for their logs, which nobody reads for a while or ever again, under load. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, it, type TestContext } from 'node:test';
import { describeLoad, type LoadResult, runLoad } from '../support/load.ts';
import { NamedPipe } from '../support/named-pipe.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';

const SERVICES = ['engine', 'gateway'] as const;
type Service = (typeof SERVICES)[number];

/** As little as can be set, so that a few thousand lines are too many; and what a pipe itself holds. */
const BUFFER_BYTES = 65_536;
const PIPE_BYTES = 65_536;
/** A drain's own limits, with nothing in flight: none to propagate, two seconds for spans, and what the log may take. */
const DRAIN_LIMIT_MS = 10_000;
const ENV = { LOG_BUFFER_BYTES: String(BUFFER_BYTES), LOG_LEVEL: 'debug', DRAIN_PROPAGATION_MS: '0', OTEL_CONSOLE: 'true' };

class World {
  readonly pipes: Record<Service, NamedPipe>;
  readonly pair: Pair;

  private constructor(pipes: Record<Service, NamedPipe>, pair: Pair) {
    this.pipes = pipes;
    this.pair = pair;
  }

  static async start(): Promise<World> {
    const pipes = { engine: new NamedPipe(), gateway: new NamedPipe() };
    const stdout = { engine: pipes.engine.openWriter(), gateway: pipes.gateway.openWriter() };
    for (const service of SERVICES) pipes[service].startReading();
    const pair = await Pair.start({ engineEnv: ENV, gatewayEnv: ENV, stdout });
    for (const service of SERVICES) fs.closeSync(stdout[service]);
    return new World(pipes, pair);
  }

  load(calls = 200): Promise<LoadResult> {
    return runLoad({ url: this.pair.gatewayUrl, path: '/api/datasets', rps: 100, calls, mostInFlight: 20 });
  }

  async dropped(service: Service): Promise<number> {
    const base = service === 'gateway' ? this.pair.gatewayUrl : this.pair.engineUrl;
    const text = await (await fetch(`${base}/metrics`)).text();
    return Number(/^log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
  }

  /** Load until both have dropped lines; every request of it is answered. */
  async loadUntilDropped(): Promise<void> {
    const before = await Promise.all(SERVICES.map((service) => this.dropped(service)));
    await until(
      'dropped lines of both services',
      async () => {
        assertAllAnswered(await this.load());
        const now = await Promise.all(SERVICES.map((service) => this.dropped(service)));
        return now.every((count, index) => count > before[index]!);
      },
      120_000,
    );
  }

  /** SIGTERM to both, one after the other. */
  async drain(): Promise<void> {
    for (const service of ['gateway', 'engine'] as const) {
      const running = this.pair[service];
      const began = performance.now();
      running.kill('SIGTERM');
      assert.deepEqual(await running.exited, { code: 0, signal: null }, service);
      assert.ok(performance.now() - began < DRAIN_LIMIT_MS, `${service}: ${performance.now() - began} ms`);
    }
  }

  async stop(): Promise<void> {
    await this.pair.stop();
    for (const service of SERVICES) this.pipes[service].remove();
  }
}

function assertAllAnswered(load: LoadResult): void {
  assert.equal(load.okShare, 1, load.summary);
}

const TOLD = /^Log: lines dropped while nobody took them from standard output: (\d+)$/;
/** What a service told of lost lines, in order. Fails on a line that is no whole JSON. */
const toldBy = (pipe: NamedPipe): number[] =>
  pipe.lines.flatMap((line) => {
    const { message } = JSON.parse(line) as { message: string };
    const lost = TOLD.exec(message)?.[1];
    return lost === undefined ? [] : [Number(lost)];
  });

describe('a log pipe that is full because its reader has stopped', () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it('holds no request up', async (t: TestContext) => {
    assertAllAnswered(await world.load());
    const [read, unread] = [[] as number[], [] as number[]];
    for (let round = 0; round < 3; round++) {
      const withReader = await world.load();
      for (const service of SERVICES) world.pipes[service].stopReading();
      await world.loadUntilDropped();
      const without = await world.load();
      for (const service of SERVICES) world.pipes[service].startReading();
      t.diagnostic(`read: ${describeLoad(withReader)}; not read: ${describeLoad(without)}`);
      for (const load of [withReader, without]) assertAllAnswered(load);
      read.push(withReader.percentile(0.5));
      unread.push(without.percentile(0.5));
    }
    // The best of three against the best of three: what is in the way of a request would be in the way of each.
    assert.ok(Math.min(...unread) < 3 * Math.min(...read), `p50 unread ${unread}, read ${read} ms`);
  });

  it('is told of once each time it is read again, with the number of lines that the metric has', async () => {
    for (const service of SERVICES) {
      const pipe = world.pipes[service];
      const dropped = await until(`${service} to tell of its lost lines`, async () => {
        const count = await world.dropped(service);
        return toldBy(pipe).reduce((sum, lines) => sum + lines, 0) === count && count;
      });
      assert.ok(dropped > 0);
      assert.equal(toldBy(pipe).length, 3, service);
    }
  });

  it('delays no exit: both drain and end with code 0', async () => {
    for (const service of SERVICES) world.pipes[service].stopReading();
    await world.loadUntilDropped();
    await world.drain();
    for (const service of SERVICES) {
      const pipe = world.pipes[service];
      const had = pipe.text.length;
      pipe.readWhatIsThere();
      assert.ok(pipe.text.length - had <= PIPE_BYTES, 'what the pipe held, and no more');
    }
  });
});

describe('a log pipe whose reader is gone', () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it('fails no request, even where spans go to a standard error that is gone, too; a new reader gets whole lines', async () => {
    for (const service of SERVICES) {
      world.pipes[service].closeReader();
      world.pair[service].child.stderr?.destroy();
    }
    await world.loadUntilDropped();
    for (const service of SERVICES) {
      const pipe = world.pipes[service];
      const had = pipe.lines.length;
      pipe.openReader();
      pipe.startReading();
      await until(`${service} to tell of its lost lines`, async () => {
        assertAllAnswered(await world.load(10));
        return toldBy(pipe).length === 1;
      });
      assert.ok(pipe.lines.length > had);
    }
  });

  it('delays no exit: both drain and end with code 0', async () => {
    for (const service of SERVICES) world.pipes[service].closeReader();
    assertAllAnswered(await world.load());
    await world.drain();
  });
});

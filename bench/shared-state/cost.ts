// What a request with an `Idempotency-Key` or a quota costs the gateway with Redis, and without: CPU time, and how long one
// caller waits, with the engine replaced by a stub.
//
//   node bench/shared-state/cost.ts [generations] [rounds of each] [requests per round]
//
// Every gateway is a process of its own, all of them run side by side beside one real Redis. Requests go to one after the
// other in small blocks, in an order drawn anew, and all processes are started again for each generation.

import path from 'node:path';
import { seededRandom } from '../../packages/clock/src/index.ts';
import { startRedis } from '../../test/support/redis.ts';
import { count, quartiles, shuffled, startHelper } from '../support.ts';
import { type LoadOptions, MeasuredGateway } from '../telemetry/measured-gateway.ts';

const generations = count(process.argv[2], 5);
const rounds = count(process.argv[3], 4);
const requests = count(process.argv[4], 800);
const WARM_UP_ROUNDS = 2;
const BLOCK = 100;
/** Of each block: sent one after the other, to see how long a caller waits. */
const ALONE = 20;

interface Row {
  readonly name: string;
  readonly redis: boolean;
  readonly key: boolean;
  readonly quota: boolean;
}
const row = (name: string, uses: Partial<Row> = {}): Row => ({ name, redis: false, key: false, quota: false, ...uses });

const PLAIN = row('neither key nor quota');
const KEY = row('key, in memory', { key: true });
const KEY_REDIS = row('key, in Redis', { key: true, redis: true });
const QUOTA = row('quota, in memory', { quota: true });
const QUOTA_REDIS = row('quota, in Redis', { quota: true, redis: true });
const BOTH_REDIS = row('key and quota, in Redis', { key: true, quota: true, redis: true });
const ROWS = [PLAIN, KEY, KEY_REDIS, QUOTA, QUOTA_REDIS, BOTH_REDIS];

interface Cost {
  /** Of the gateway, microseconds per request. */
  readonly cpu: number;
  /** What one caller waits, milliseconds per request. */
  readonly wait: number;
}

const costs = new Map<Row, Cost[]>(ROWS.map((each) => [each, []]));
const random = seededRandom(5);
let keys = 0;

const redis = await startRedis();
const engine = await startHelper(path.join(import.meta.dirname, '../telemetry/stub-engine.ts'));
try {
  for (let generation = 0; generation < generations; generation++) await runGeneration();
  report();
} finally {
  engine.child.kill();
  await redis.close();
}

async function runGeneration(): Promise<void> {
  const gateways = new Map<Row, MeasuredGateway>();
  try {
    for (const each of ROWS) {
      gateways.set(
        each,
        await MeasuredGateway.start({ name: each.name, preload: [], env: () => settings(each) }, engine.url, ''),
      );
    }
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await run(gateways);
    for (let round = 0; round < rounds; round++) {
      for (const [each, cost] of await run(gateways)) costs.get(each)!.push(cost);
    }
  } finally {
    await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
  }
}

// A quota that is checked each time and never used up.
function settings({ redis: shared, quota }: Row): Readonly<Record<string, string>> {
  return {
    METRICS_ENABLED: 'false',
    ...(shared && { REDIS_URL: redis.url }),
    ...(quota && { RATE_LIMIT_MODE: 'enforce', RATE_LIMIT_REQUESTS: '1000000', RATE_LIMIT_BURST: '1000000' }),
  };
}

async function run(gateways: ReadonlyMap<Row, MeasuredGateway>): Promise<Map<Row, Cost>> {
  const cpuOf = async (each: Row): Promise<number> => gateways.get(each)!.cpu();
  const from = await Promise.all(ROWS.map(cpuOf));
  const waited = new Map<Row, number>(ROWS.map((each) => [each, 0]));
  const blocks = Math.ceil(requests / BLOCK);
  for (let block = 0; block < blocks; block++) {
    for (const each of shuffled(ROWS, random)) {
      const gateway = gateways.get(each)!;
      await gateway.load(BLOCK - ALONE, headersOf(each));
      const began = performance.now();
      await gateway.load(ALONE, { ...headersOf(each), callers: 1 });
      waited.set(each, waited.get(each)! + performance.now() - began);
    }
  }
  const to = await Promise.all(ROWS.map(cpuOf));
  return new Map(
    ROWS.map((each, i) => [each, { cpu: (to[i]! - from[i]!) / (blocks * BLOCK), wait: waited.get(each)! / (blocks * ALONE) }]),
  );
}

function headersOf({ key }: Row): LoadOptions {
  return key ? { headers: () => ({ 'idempotency-key': `bench-${++keys}` }) } : {};
}

function report(): void {
  console.log(
    `node ${process.version}, ${generations} × ${rounds} rounds of ${requests} requests; medians (quartiles), the ratios round by round`,
  );
  for (const each of ROWS) console.log(`${each.name.padEnd(26)} ${told(each, 'cpu', 'µs', 0)}   ${told(each, 'wait', 'ms', 2)}`);
  for (const [shared, alone] of [
    [KEY_REDIS, KEY],
    [QUOTA_REDIS, QUOTA],
    [BOTH_REDIS, PLAIN],
  ] as const) {
    console.log(`${shared.name} / ${alone.name}: CPU ${ratio(shared, alone, 'cpu')}, wait ${ratio(shared, alone, 'wait')}`);
  }
}

function told(each: Row, what: keyof Cost, unit: string, digits: number): string {
  return `${shown(
    costs.get(each)!.map((cost) => cost[what]),
    digits,
  )} ${unit}`.padEnd(24);
}

function ratio(shared: Row, alone: Row, what: keyof Cost): string {
  const base = costs.get(alone)!;
  return shown(
    costs.get(shared)!.map((cost, round) => cost[what] / base[round]![what]),
    2,
  );
}

function shown(values: readonly number[], digits: number): string {
  const { low, median, high } = quartiles(values);
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

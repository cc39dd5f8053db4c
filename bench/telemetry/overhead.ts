// What telemetry costs the gateway: CPU time per request, with the engine replaced by a stub, beside the usual
// auto-instrumentation and others.
//
//   (cd bench/telemetry && npm ci) && node bench/telemetry/overhead.ts [generations] [rounds of each] [requests per round]
//
// Every gateway is a process of its own, and all of them run side by side. Requests go to one after the other in small
// blocks, in an order drawn anew, so that what slows the machine slows all of them; CPU time is read and compared at the
// end of a round of many blocks, when its spans have been sent. Some processes are slow from start to end, for no reason
// that the comparison is about: so all of them are started again for each generation. Exits 1 where a target is missed.

import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../packages/clock/src/index.ts';
import { count, quartiles, shuffled, startHelper } from '../support.ts';
import { AUTO, CONTENDERS, type Contender, NOTHING, NOTHING_AGAIN, OURS, OURS_AT_ZERO } from './contenders.ts';
import { MeasuredGateway } from './measured-gateway.ts';

const generations = count(process.argv[2], 7);
const rounds = count(process.argv[3], 4);
const requests = count(process.argv[4], 1000);
const WARM_UP_ROUNDS = 3;
const BLOCK = 100;
/** The longest that any of them gathers spans, and some. */
const SETTLE_MS = 1300;
/** Share of what the auto-instrumentation adds. */
const TARGET = 0.2;

type SpanCounts = Readonly<Record<string, number>>;
type Gateways = Map<Contender, MeasuredGateway>;

const inThisFolder = (file: string): string => path.join(import.meta.dirname, file);
const [engine, sink] = await Promise.all([
  startHelper(inThisFolder('stub-engine.ts')),
  startHelper(inThisFolder('span-sink.ts')),
]);
const costs = new Map<Contender, number[]>(CONTENDERS.map((contender) => [contender, []]));
const spans = new Map<Contender, number>();
const random = seededRandom(5);

try {
  for (let generation = 0; generation < generations; generation++) await runGeneration();
  report();
} finally {
  for (const { child } of [engine, sink]) child.kill();
}

async function runGeneration(): Promise<void> {
  const gateways: Gateways = new Map();
  try {
    for (const [index, contender] of CONTENDERS.entries()) {
      gateways.set(contender, await MeasuredGateway.start(contender, engine.url, `${sink.url}/${index}`));
    }
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await run(gateways, () => undefined);
    const before = await spanCounts();
    for (let round = 0; round < rounds; round++) await run(gateways, (contender, cost) => costs.get(contender)!.push(cost));
    const after = await spanCounts();
    for (const [index, contender] of CONTENDERS.entries()) {
      spans.set(contender, (spans.get(contender) ?? 0) + (after[index] ?? 0) - (before[index] ?? 0));
    }
  } finally {
    await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
  }
}

/** Tells the CPU time of each per request, microseconds. */
async function run(gateways: Gateways, note: (contender: Contender, cost: number) => void): Promise<void> {
  const cpu = () => Promise.all(CONTENDERS.map((contender) => gateways.get(contender)!.cpu()));
  const from = await cpu();
  for (let sent = 0; sent < requests; sent += BLOCK) {
    for (const contender of shuffled(CONTENDERS, random)) await gateways.get(contender)!.load(Math.min(BLOCK, requests - sent));
  }
  await wait(SETTLE_MS);
  const to = await cpu();
  for (const [index, contender] of CONTENDERS.entries()) note(contender, (to[index]! - from[index]!) / requests);
}

function report(): void {
  const all = generations * rounds;
  console.log(
    `node ${process.version}, ${generations} × ${rounds} rounds of ${requests} requests; µs of CPU per request, median (quartiles)`,
  );
  for (const contender of CONTENDERS) {
    const cost = shown(costs.get(contender)!, 1).padEnd(24);
    const sent = ((spans.get(contender) ?? 0) / (all * requests)).toFixed(2);
    console.log(`${contender.name.padEnd(26)} ${cost} adds ${shown(addedBy(contender), 1).padEnd(22)} ${sent} spans`);
  }
  const auto = addedBy(AUTO);
  const ours = addedBy(OURS);
  const share = quartiles(ours).median / quartiles(auto).median;
  const shares = shown(
    ours.map((added, round) => added / auto[round]!),
    2,
  );
  console.log(
    `${OURS.name} / ${AUTO.name}: ${share.toFixed(2)} of the medians, ${shares} round by round, target ≤ ${TARGET}: ${share <= TARGET ? 'reached' : 'missed'}`,
  );
  const zero = quartiles(addedBy(OURS_AT_ZERO));
  const noise = quartiles(addedBy(NOTHING_AGAIN));
  const lost = zero.low > Math.max(noise.high, 0);
  console.log(
    `${OURS_AT_ZERO.name}: ${lost ? 'measurable' : 'not measurable'} (its quartiles and those of ${NOTHING_AGAIN.name})`,
  );
  if (share > TARGET || lost) process.exitCode = 1;
}

/** What it costs more than the gateway without telemetry, round by round. */
function addedBy(contender: Contender): number[] {
  const bare = costs.get(NOTHING)!;
  return costs.get(contender)!.map((cost, round) => cost - bare[round]!);
}

function shown(values: readonly number[], digits: number): string {
  const { low, median, high } = quartiles(values);
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

async function spanCounts(): Promise<SpanCounts> {
  return (await (await fetch(sink.url)).json()) as SpanCounts;
}

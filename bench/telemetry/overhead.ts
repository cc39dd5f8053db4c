// What telemetry costs the gateway: CPU time per request, with the engine replaced by a stub, beside the usual
// auto-instrumentation and others.
//
//   (cd bench/telemetry && npm ci) && node bench/telemetry/overhead.ts [generations] [rounds of each] [requests per round] [all]
//
// Every gateway is a process of its own, and all of them run side by side. Requests go to one after the other in small
// blocks, in an order drawn anew, so that what slows the machine slows all of them; CPU time is read at the end of a round
// of several blocks, when its spans have been sent. Some processes are slow from start to end, for no reason that the
// comparison is about: so all of them are started again for each generation, the gateway without telemetry is there
// twice, and what a generation says counts as one value. Exits 1 where a target is missed.

import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../packages/clock/src/index.ts';
import { count, shuffled, startHelper } from '../support.ts';
import {
  AUTO,
  AUTO_METRICS,
  COMPARED,
  type Contender,
  EVERYONE,
  NOTHING,
  NOTHING_AGAIN,
  OURS,
  OURS_AT_ZERO,
} from './contenders.ts';
import { MeasuredGateway } from './measured-gateway.ts';

const generations = count(process.argv[2], 5);
const rounds = count(process.argv[3], 4);
const requests = count(process.argv[4], 2000);
const contenders = process.argv[5] === 'all' ? EVERYONE : COMPARED;
/** Until then the compiler takes about as much time as the requests. */
const WARM_UP_REQUESTS = 16_000;
const BLOCK = 250;
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
/** Mean cost of a request in each generation, µs. */
const costs = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
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
    for (const [index, contender] of contenders.entries()) {
      gateways.set(contender, await MeasuredGateway.start(contender, engine.url, `${sink.url}/${index}`));
    }
    for (let sent = 0; sent < WARM_UP_REQUESTS; sent += requests) await run(gateways, () => undefined);
    const before = await spanCounts();
    const sums = new Map<Contender, number>();
    const add = (contender: Contender, cost: number) => sums.set(contender, (sums.get(contender) ?? 0) + cost);
    for (let round = 0; round < rounds; round++) await run(gateways, add);
    for (const [contender, sum] of sums) costs.get(contender)!.push(sum / rounds);
    const after = await spanCounts();
    for (const [index, contender] of contenders.entries()) {
      spans.set(contender, (spans.get(contender) ?? 0) + (after[index] ?? 0) - (before[index] ?? 0));
    }
  } finally {
    await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
  }
}

/** Tells the CPU time of each per request, microseconds. */
async function run(gateways: Gateways, note: (contender: Contender, cost: number) => void): Promise<void> {
  const cpu = () => Promise.all(contenders.map((contender) => gateways.get(contender)!.cpu()));
  const from = await cpu();
  for (let sent = 0; sent < requests; sent += BLOCK) {
    for (const contender of shuffled(contenders, random)) await gateways.get(contender)!.load(Math.min(BLOCK, requests - sent));
  }
  await wait(SETTLE_MS);
  const to = await cpu();
  for (const [index, contender] of contenders.entries()) note(contender, (to[index]! - from[index]!) / requests);
}

function report(): void {
  const all = generations * rounds * requests;
  console.log(
    `node ${process.version}, ${generations} generations of ${rounds} rounds of ${requests} requests; µs of CPU per request, mean ± standard error`,
  );
  for (const contender of contenders) {
    const cost = shown(costs.get(contender)!).padEnd(14);
    const sent = ((spans.get(contender) ?? 0) / all).toFixed(2);
    console.log(`${contender.name.padEnd(26)} ${cost} adds ${shown(addedBy(contender)).padEnd(14)} ${sent} spans`);
  }
  const shareOf = (auto: Contender): number => mean(addedBy(OURS)) / mean(addedBy(auto));
  for (const auto of [AUTO, AUTO_METRICS]) console.log(`${OURS.name} / ${auto.name}: ${shareOf(auto).toFixed(2)}`);
  // The same signals on both sides.
  const reached = shareOf(AUTO_METRICS) <= TARGET;
  console.log(`target ≤ ${TARGET} of ${AUTO_METRICS.name}: ${reached ? 'reached' : 'missed'}`);
  const zero = addedBy(OURS_AT_ZERO);
  const measurable = mean(zero) > 2 * standardError(zero);
  console.log(`${OURS_AT_ZERO.name}: ${measurable ? 'measurable' : 'not measurable'} (twice its standard error)`);
  if (!reached || measurable) process.exitCode = 1;
}

/** What it costs more than the gateways without telemetry, generation by generation. */
function addedBy(contender: Contender): number[] {
  const [bare, again] = [costs.get(NOTHING)!, costs.get(NOTHING_AGAIN)!];
  return costs.get(contender)!.map((cost, generation) => cost - (bare[generation]! + again[generation]!) / 2);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return Math.sqrt(mean(squares) / (values.length - 1));
}

function shown(values: readonly number[]): string {
  return `${mean(values).toFixed(1)} ± ${standardError(values).toFixed(1)}`;
}

async function spanCounts(): Promise<SpanCounts> {
  return (await (await fetch(sink.url)).json()) as SpanCounts;
}

// What a call costs when nothing goes wrong: ours against cockatiel's five layers and against opossum alone.
//
//   npm run bench -- resilience [rounds] [calls per block]
//
// Every round runs one block of each contender, in an order drawn anew, and compares within the round: what slows the
// machine slows all of them. CPU time, not wall time. Exits 1 where a target is missed.

import { seededRandom } from '../../packages/clock/src/index.ts';
import { count, quartiles, shuffled } from '../support.ts';
import { type Contender, contenders } from './contenders.ts';
import { bytesPerCall, cpuPerCall, timersPerCall } from './measure.ts';

const rounds = count(process.argv[2], 40);
const calls = count(process.argv[3], 5000);
const WARM_UP_BLOCKS = 4;
const ALLOCATION_ROUNDS = 9;

const all = contenders();
const random = seededRandom(4);
const cpu = new Map<Contender, number[]>(all.map((contender) => [contender, []]));

for (let round = -WARM_UP_BLOCKS; round < rounds; round++) {
  for (const contender of shuffled(all, random)) {
    const cost = await cpuPerCall(contender, calls);
    if (round >= 0) cpu.get(contender)?.push(cost);
  }
}

console.log(`node ${process.version}, ${rounds} rounds of ${calls} calls; median (quartiles)`);
for (const contender of all) {
  const bytes: number[] = [];
  for (let round = 0; round < ALLOCATION_ROUNDS; round++) bytes.push(await bytesPerCall(contender));
  const timers = await timersPerCall(contender);
  const { low, median, high } = quartiles(costs(contender.name));
  const time = `${median.toFixed(2)} µs (${low.toFixed(2)}–${high.toFixed(2)})`;
  console.log(
    `${contender.name.padEnd(29)} ${time.padEnd(28)} ${quartiles(bytes).median.toFixed(0).padStart(6)} B  ${timers} timers`,
  );
}

const reached = [
  ratio('cockatiel: five layers', 'ours: five layers', 3),
  ratio('cockatiel: five layers', 'ours: five, signal asked for'),
  ratio('cockatiel: five layers', 'ours: core of four'),
  ratio('opossum: defaults', 'ours: breaker alone', 1),
];
for (const contender of all) contender.stop();
if (reached.includes(false)) process.exitCode = 1;

/** Prints how many times more the first costs, round by round; whether that is at least the target. */
function ratio(dear: string, cheap: string, target?: number): boolean {
  const cheaper = costs(cheap);
  const { low, median, high } = quartiles(costs(dear).map((cost, round) => cost / (cheaper[round] ?? Number.NaN)));
  const verdict = target === undefined ? '' : `, target ≥ ${target}: ${median >= target ? 'reached' : 'missed'}`;
  console.log(`${dear} / ${cheap}: ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})${verdict}`);
  return target === undefined || median >= target;
}

function costs(name: string): readonly number[] {
  const contender = all.find((each) => each.name === name);
  const found = contender && cpu.get(contender);
  if (found === undefined) throw new RangeError(`no contender is called ${name}`);
  return found;
}

// What each piece of telemetry costs by itself: CPU time per operation in a loop that does nothing else, which is the
// least that it can cost. In a service, whose caches are full of other things, the same costs more.
//
//   node bench/telemetry/pieces.ts [rounds]

import { seededRandom } from '../../packages/clock/src/index.ts';
import { count, quartiles, shuffled } from '../support.ts';
import { makePieces, type Piece } from './telemetry-pieces.ts';

const rounds = count(process.argv[2], 30);
const WARM_UP_ROUNDS = 5;
const WARM_UP_CALLS = 20_000;
/** Long beside the clock's resolution of CPU time. */
const BLOCK_US = 20_000;

const pieces = makePieces();
const random = seededRandom(7);
const calls = new Map<Piece, number>();
const costs = new Map<Piece, number[]>();
for (const piece of pieces) {
  const estimate = Math.max(0.01, cpu(piece, Math.ceil(WARM_UP_CALLS / piece.operations)));
  calls.set(piece, Math.ceil(BLOCK_US / estimate / piece.operations));
  costs.set(piece, []);
}
for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
  for (const piece of shuffled(pieces, random)) {
    const cost = cpu(piece, calls.get(piece)!);
    if (round >= 0) costs.get(piece)!.push(cost);
    // What was put off, such as an export, is not part of the next block.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
console.log(`node ${process.version}, ${rounds} rounds; µs of CPU, median (quartiles)`);
for (const piece of pieces) {
  const { low, median, high } = quartiles(costs.get(piece)!);
  console.log(`${piece.name.padEnd(40)} ${median.toFixed(2).padStart(6)} (${low.toFixed(2)}–${high.toFixed(2)})`);
}

/** Microseconds of each operation. */
function cpu({ run, operations }: Piece, times: number): number {
  const before = process.cpuUsage();
  for (let each = 0; each < times; each++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (times * operations);
}

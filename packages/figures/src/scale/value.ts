import { scaleLinear, scaleLog } from 'd3-scale';
import { fixed, scientific } from '../format.ts';
import { textWidth } from '../text.ts';

export interface Tick {
  readonly value: number;
  readonly at: number;
  readonly label: string;
}

/** From values to pixels along one direction. */
export interface ValueScale {
  readonly kind: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

export type Extent = readonly [number, number];
const TICK_SIZE = 12;
const TICK_GAP = 14;
const MAX_TICKS = 8;

/** Labels of ticks of one axis: the same number of decimals everywhere, powers of ten where long. */
export function tickLabels(values: readonly number[]): readonly string[] {
  const largest = Math.max(...values.map(Math.abs));
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : largest;
  if (step === 0) return values.map((value) => fixed(value, 0));
  const power = Math.floor(Math.log10(step) + 1e-9);
  if (largest >= 1e6 || power < -4) {
    const digits = Math.max(1, Math.floor(Math.log10(largest) + 1e-9) - power + 1);
    return values.map((value) => scientific(value, value === 0 ? 1 : significantDigits(value, digits)));
  }
  return values.map((value) => fixed(value, Math.max(0, -power)));
}

function significantDigits(value: number, most: number): number {
  const [mantissa = ''] = value.toExponential(Math.min(most - 1, 15)).split('e');
  return Math.max(1, mantissa.replace(/[-.]|0+$/g, '').length);
}

function fitting(values: readonly number[], at: (value: number) => number): readonly Tick[] | undefined {
  const labels = tickLabels(values);
  const ticks = values.map((value, index) => ({ value, at: at(value), label: labels[index]! }));
  return roomy(ticks) ? ticks : undefined;
}

const roomy = (ticks: readonly Tick[]): boolean =>
  ticks.every((tick, index) => {
    const next = ticks[index + 1];
    const width = (text: string) => textWidth(text, TICK_SIZE) / 2;
    return next === undefined || Math.abs(next.at - tick.at) >= width(tick.label) + width(next.label) + TICK_GAP;
  });

const LEAST_SPAN = 1e-300;
const LEAST_RELATIVE_SPAN = 1e-9;

/** A domain that is never empty, nor so narrow that its ticks could not be told apart in floating point. */
export function widened([low, high]: Extent): Extent {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(LEAST_SPAN, LEAST_RELATIVE_SPAN * size)) return [low, high];
  return size < LEAST_SPAN ? [-1, 1] : [low - size / 2, high + size / 2];
}

/** A linear scale whose ends are round numbers unless `nice` is false; as many ticks as have room for their labels. */
export function linearScale(extent: Extent, range: Extent, nice = true): ValueScale {
  const scale = scaleLinear(widened(extent), range);
  if (nice) scale.nice(MAX_TICKS);
  const [low, high] = scale.domain() as [number, number];
  const at = (value: number): number => scale(value);
  for (let count = MAX_TICKS; count >= 1; count--) {
    const ticks = fitting(scale.ticks(count), at);
    if (ticks) return { kind: 'linear', domain: [low, high], range, at, ticks };
  }
  return { kind: 'linear', domain: [low, high], range, at, ticks: [] };
}

/** A logarithmic scale over positive values, with ticks at powers of ten or, over few of these, at 1, 2 and 5 too. */
export function logScale(given: Extent, range: Extent): ValueScale {
  const extent: Extent = [roundBelow(given[0]), roundAbove(given[1])];
  const scale = scaleLog(extent, range);
  const at = (value: number): number => scale(value);
  const first = Math.floor(Math.log10(extent[0]));
  const last = Math.ceil(Math.log10(extent[1]));
  const inside = (value: number) => value >= extent[0] && value <= extent[1];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
  const candidates = [powers.flatMap((power) => [power, 2 * power, 5 * power])];
  for (let every = 1; every <= powers.length; every++) candidates.push(powers.filter((_, index) => index % every === 0));
  for (const values of candidates) {
    const ticks = values.filter(inside).map((value) => ({ value, at: at(value), label: logLabel(value) }));
    if (roomy(ticks)) return { kind: 'log', domain: extent, range, at, ticks };
  }
  return { kind: 'log', domain: extent, range, at, ticks: [] };
}

/** The nearest of 1, 2 and 5 times a power of ten that is not above, and that is not below. */
function roundBelow(value: number): number {
  const power = Math.floor(Math.log10(value));
  return [5, 2, 1].map((digit) => Number(`${digit}e${power}`)).find((round) => round <= value) ?? value;
}
function roundAbove(value: number): number {
  const power = Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`)).find((round) => round >= value) ?? value;
}

function logLabel(value: number): string {
  const power = Math.floor(Math.log10(value) + 1e-9);
  return power >= 6 || power < -4 ? scientific(value, 1) : fixed(value, Math.max(0, -power));
}

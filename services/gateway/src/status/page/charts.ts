import type { ResilienceState } from '@penstock/contracts';
import { SAMPLE_MS, type TrafficPoint } from '../traffic.ts';
import { duration } from './format.ts';
import { type Child, html, type Markup } from './html.ts';

/** What every chart shows, ms: they stand above one another and share their time axis. */
const SHOWN_MS = 300_000;
const WIDTH = 600;
const HEIGHT = 120;

const x = (at: number, now: number): number => WIDTH * (1 - (now - at) / SHOWN_MS);
const round = (value: number): number => Math.round(value * 10) / 10;

/** Drawn to fill its place; what it shows is said in `label`. */
const drawing = (label: string, height: number, ...content: Child[]): Markup =>
  html`<svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${content}</svg>`;

/** Powers of ten between which latencies lie, ms. */
function decades(points: readonly TrafficPoint[]): { readonly low: number; readonly high: number } {
  const values = points.flatMap(({ latency }) => (latency === null ? [] : [latency.p50, latency.p99]));
  const exponent = (value: number, up: boolean): number => Math[up ? 'ceil' : 'floor'](Math.log10(Math.max(value, 0.1)));
  const low = values.length === 0 ? 0 : exponent(Math.min(...values), false);
  return { low, high: Math.max(low + 2, values.length === 0 ? 3 : exponent(Math.max(...values), true)) };
}

export interface Chart {
  readonly picture: Markup;
  /** Of the horizontal lines, from above. */
  readonly ticks: readonly string[];
}

/** p50, p95 and p99 over the last five minutes, on a logarithmic axis. */
export function latencyChart(points: readonly TrafficPoint[], now: number): Chart {
  const { low, high } = decades(points);
  const y = (ms: number): number => HEIGHT * (1 - (Math.log10(Math.max(ms, 0.1)) - low) / (high - low));
  const exponents = Array.from({ length: high - low + 1 }, (_, at) => high - at);
  const lines = (['p99', 'p95', 'p50'] as const).map((name) => {
    const runs = path(points, now, ({ latency }) => (latency === null ? undefined : y(latency[name])));
    return html`<path class="line ${name}" d="${runs}"/>`;
  });
  const grid = exponents.map((e) => html`<path class="grid" d="M0 ${round(y(10 ** e))}H${WIDTH}"/>`);
  return {
    picture: drawing('Latency over the last five minutes: p50, p95 and p99', HEIGHT, grid, lines),
    ticks: exponents.map((e) => (e < 0 ? '0.1 ms' : duration(10 ** e).replace(/\.0+(?= )/, ''))),
  };
}

/** A line for each stretch in which there is a value; a single one becomes a dash as wide as its point. */
function path(points: readonly TrafficPoint[], now: number, value: (point: TrafficPoint) => number | undefined): string {
  const parts: string[] = [];
  let open = false;
  for (const point of points) {
    const height = value(point);
    if (height === undefined) {
      open = false;
      continue;
    }
    const from = round(Math.max(0, x(point.at - SAMPLE_MS, now)));
    parts.push(`${open ? 'L' : 'M'}${from} ${round(height)}L${round(x(point.at, now))} ${round(height)}`);
    open = true;
  }
  return parts.join('');
}

const STACK = ['answered', 'rejected', 'failed'] as const;

/** Requests a second by how they ended, stacked. */
export function outcomeChart(points: readonly TrafficPoint[], now: number): Chart {
  const rate = ({ outcomes, seconds }: TrafficPoint): number =>
    seconds === 0 ? 0 : (outcomes.answered + outcomes.rejected + outcomes.failed) / seconds;
  const top = ceiling(Math.max(0, ...points.map(rate)));
  const bars = points.map((point) => {
    let base = HEIGHT;
    return STACK.map((outcome) => {
      const height = point.seconds === 0 ? 0 : (HEIGHT * point.outcomes[outcome]) / point.seconds / top;
      base -= height;
      const left = x(point.at - SAMPLE_MS, now);
      const width = x(point.at, now) - left;
      return (
        height > 0 &&
        html`<rect class="${outcome}" x="${round(left + 0.5)}" y="${round(base)}" width="${round(width - 1)}" height="${round(height)}"/>`
      );
    });
  });
  const grid = [0, HEIGHT / 2, HEIGHT].map((at) => html`<path class="grid" d="M0 ${at}H${WIDTH}"/>`);
  return {
    picture: drawing('Requests a second over the last five minutes, by outcome', HEIGHT, grid, bars),
    ticks: [`${top} /s`, `${top / 2} /s`, '0'],
  };
}

/** The next number of the row 1, 2, 5, 10, 20, 50, … */
function ceiling(value: number): number {
  if (value <= 1) return 1;
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * ([1, 2, 5, 10].find((factor) => factor * decade >= value) ?? 10);
}

const STRIP = 14;

/** The states of a breaker over the last five minutes. */
export function breakerStrip(breaker: ResilienceState['breakers'][number], now: number, startedAt: number): Markup {
  const start = Math.max(now - SHOWN_MS, startedAt);
  const changes = breaker.transitions.map(({ at, from, to }) => ({ at: Date.parse(at), from, to }));
  const states = [
    { at: start, state: changes.find(({ at }) => at > start)?.from ?? breaker.state },
    ...changes.filter(({ at }) => at > start).map(({ at, to }) => ({ at, state: to })),
  ];
  const parts = states.map(({ at, state }, index) => {
    const left = x(at, now);
    // A break of a moment must be seen as well.
    const width = Math.max(3, x(states[index + 1]?.at ?? now, now) - left);
    return html`<rect class="${state}" x="${round(left)}" y="0" width="${round(width)}" height="${STRIP}"/>`;
  });
  const before = html`<rect class="unknown" width="${WIDTH}" height="${STRIP}"/>`;
  const said = states.length === 1 ? `${states[0]?.state} all the time` : `${states.length - 1} changes`;
  return drawing(`Circuit of ${breaker.name} over the last five minutes: ${said.replace('_', '-')}`, STRIP, before, parts);
}

/** A bar from 0 to 1. What it shows stands beside it in words. */
export function meter(share: number): Markup {
  const width = round(100 * Math.min(1, Math.max(0, share)));
  return html`<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="6"/><rect class="used" width="${width}" height="6"/></svg>`;
}

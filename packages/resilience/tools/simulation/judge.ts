import type { Figure, Scenario } from './scenarios.ts';
import { type Run, simulate } from './simulate.ts';

export interface Judged {
  readonly scenario: string;
  readonly seed: number;
  readonly figures: readonly { readonly name: string; readonly value: number; readonly holds: boolean }[];
  readonly run: Run;
}

/** Runs a scenario and looks at its figures. */
export async function judge({ name, setup, figures }: Scenario, seed: number): Promise<Judged> {
  const run = await simulate(setup, seed);
  const judged = figures.map((figure) => {
    const value = figure.of(run);
    return { name: figure.name, value, holds: holds(figure, value) };
  });
  judged.push({ name: 'timers left', value: run.timersLeft, holds: run.timersLeft === 0 });
  return { scenario: name, seed, figures: judged, run };
}

export const passed = ({ figures }: Judged): boolean => figures.every((figure) => figure.holds);

/** One line; for a failure with the command that runs the very same again. */
export function report(judged: Judged): string {
  const { scenario, seed, figures } = judged;
  const numbers = figures.map(({ name, value, holds }) => `${name} ${rounded(value)}${holds ? '' : ' (!)'}`).join(', ');
  const again = passed(judged) ? '' : `\n  again: node packages/resilience/tools/simulate.ts ${scenario} --seed ${seed}`;
  return `${scenario}, seed ${seed}: ${numbers}${again}`;
}

const holds = ({ atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Figure, value: number): boolean =>
  value >= atLeast && value <= atMost;

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

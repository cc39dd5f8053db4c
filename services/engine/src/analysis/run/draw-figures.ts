import type { AnalysisInput, Diagnosis } from '@penstock/causal';
import type { EstimatorResult, FigureSkipped, ResolvedOptions } from '@penstock/contracts';
import { type Figure, type FigureInput, figures, plannedFigures } from '@penstock/figures';
import type { Control } from '../../workers/control.ts';
import { epochMs } from '../../workers/epoch.ts';
import type { Drawing } from '../../workers/task.ts';

export interface DrawnFigures {
  /** Figure and SVG text, in the registry's order. */
  readonly drawn: readonly { readonly name: string; readonly title: string; readonly svg: string }[];
  readonly skipped: readonly FigureSkipped[];
  readonly drawings: readonly Drawing[];
  readonly faults: readonly { readonly where: string; readonly error: Error }[];
}

/** Draws what was asked for and can be drawn. One that fails leaves the others alone. */
export function drawFigures(input: FigureInput, asked: ResolvedOptions['figures'], control: Control): DrawnFigures {
  const wanted = (name: string): boolean => (Array.isArray(asked) ? asked.includes(name) : asked === true);
  const drawn: { name: string; title: string; svg: string }[] = [];
  const skipped: FigureSkipped[] = [];
  const drawings: Drawing[] = [];
  const faults: { where: string; error: Error }[] = [];
  const waiting: Figure[] = [];
  for (const figure of figures.filter(({ name }) => wanted(name))) {
    const reason = figure.notApplicable(input);
    if (reason === undefined) waiting.push(figure);
    else skipped.push({ name: figure.name, reason });
  }
  control.figuresWaiting = waiting.length;
  for (const figure of waiting) {
    const { name, title } = figure;
    const startMs = epochMs();
    let svg: string | undefined;
    try {
      svg = figure.draw(input);
      drawn.push({ name, title, svg });
    } catch (error) {
      faults.push({ where: name, error: error instanceof Error ? error : new Error(String(error)) });
      skipped.push({ name, reason: 'an unexpected error while drawing, which is in the log of the engine' });
    }
    drawings.push({ figure: name, drawn: svg !== undefined, startMs, endMs: epochMs() });
    control.figuresWaiting -= 1;
  }
  for (const { name, reason } of plannedFigures.filter((planned) => wanted(planned.name))) {
    skipped.push({ name, reason });
  }
  return { drawn, skipped, drawings, faults };
}

/** What the figures show: the values of the reply, and per-row scores and weights that the reply does not repeat. */
export function figureInput(
  input: AnalysisInput,
  options: ResolvedOptions,
  results: readonly EstimatorResult[],
  diagnosis: Diagnosis,
): FigureInput {
  const { treatment } = input;
  const { propensity, weights_ate } = diagnosis.units;
  const { balance, effective_sample_size } = diagnosis.json as {
    balance?: readonly BalanceJson[] | null;
    effective_sample_size?: { ate_treated: number | null; ate_control: number | null } | null;
  };
  const { ate_treated: essTreated, ate_control: essControl } = effective_sample_size ?? { ate_treated: null, ate_control: null };
  return {
    outcome: input.y.name,
    treatment: treatment.name,
    alpha: options.alpha,
    estimates: results.flatMap((result) =>
      result.status === 'ok'
        ? [
            {
              name: result.name,
              title: result.title,
              estimand: result.estimand,
              estimate: result.estimate,
              ciLower: result.ci_lower,
              ciUpper: result.ci_upper,
            },
          ]
        : [],
    ),
    ...(balance && {
      balance: balance.map((row) => ({ column: row.column, before: row.smd_pooled, after: row.smd_weighted_ate })),
    }),
    ...(treatment.kind === 'binary' &&
      propensity !== undefined && {
        propensity: { scores: propensity, treated: treatment.values, levels: treatment.levels },
      }),
    ...(weights_ate !== undefined &&
      essTreated !== null &&
      essControl !== null && { weights: { values: weights_ate, treated: treatment.values, essTreated, essControl } }),
  };
}

interface BalanceJson {
  readonly column: string;
  readonly smd_pooled: number | null;
  readonly smd_weighted_ate: number | null;
}

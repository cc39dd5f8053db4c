import { diagnose, qualityGates, type RunContext, Stopped, sensitivity } from '@penstock/causal';
import { seededRandom } from '@penstock/clock';
import type { EstimatorOk, ResolvedOptions } from '@penstock/contracts';
import { renderReport } from '@penstock/figures';
import type { Control } from '../../workers/control.ts';
import { epochMs } from '../../workers/epoch.ts';
import type { AnalysisTask, Finished } from '../../workers/task.ts';
import { prepare } from '../prepare/prepare.ts';
import { ciOverlapIndex, signConsensus } from './agreement.ts';
import { drawFigures, figureInput } from './draw-figures.ts';
import { duplicatedRows } from './duplicated-rows.ts';
import { buildReply } from './reply.ts';
import { runEstimators } from './run-estimators.ts';

/**
 * The whole analysis, from columns to the bytes of the reply.
 * @throws InvalidData when the data do not allow it; Stopped when it was given up
 */
export function runAnalysis(task: AnalysisTask, control: Control, startMs: number): Finished {
  const { options, columns, dataset } = task;
  const context = contextOf(options.seed, control);
  const { input, notes } = prepare(dataset.rows, columns, new Map(task.roles), {
    megabytes: task.memoryMb,
    interactions: withInteractions(options),
  });
  context.checkpoint();

  const estimated = runEstimators(input, options, context);
  const ok = estimated.results.filter((result): result is EstimatorOk => result.status === 'ok');
  const diagnosis = diagnose(input, options, context);
  const gates = qualityGates(diagnosis);
  context.checkpoint();

  const figuresStartMs = epochMs();
  const figures = drawFigures(figureInput(input, options, estimated.results, diagnosis), options.figures, control);
  const reply = buildReply(task, {
    rowsUsed: input.n,
    notes: [...task.notes, ...notes],
    results: estimated.results,
    diagnostics: diagnosis.json,
    sensitivity: sensitivity(input, estimated.results),
    gates,
    figures: figures.drawn,
    figuresSkipped: figures.skipped,
  });
  // What is not finite becomes null here, so that report and reply show the same.
  const text = JSON.stringify(reply);
  const svgs = Object.fromEntries(figures.drawn.map(({ name, svg }) => [name, svg]));
  const report = renderReport(JSON.parse(text), svgs);
  const figuresEndMs = epochMs();

  return {
    kind: 'finished',
    body: new TextEncoder().encode(text),
    figures: svgs,
    report,
    observed: {
      thread: control.thread,
      startMs,
      endMs: epochMs(),
      estimators: estimated.runs,
      drawings: figures.drawings,
      figures: { startMs: figuresStartMs, endMs: figuresEndMs },
      gates: gates.map(({ gate, result }) => ({ gate, result })),
      signConsensus: signConsensus(ok),
      ciOverlap: ciOverlapIndex(ok),
      duplicatedRows: duplicatedRows(dataset.rows, columns),
      faults: [...estimated.faults, ...figures.faults],
    },
  };
}

/** Whether a regression on all products of treatment and covariates is asked for. */
function withInteractions({ estimators, outcome_interactions }: ResolvedOptions): boolean {
  const asked = (name: string): boolean => estimators === 'all' || estimators.includes(name);
  return asked('lin') || (asked('g_computation') && outcome_interactions === 'all');
}

function contextOf(seed: number, control: Control): RunContext {
  return {
    random: (stream) => seededRandom(seed, stream),
    checkpoint: () => {
      if (control.stopped) throw new Stopped('the analysis was given up');
    },
  };
}

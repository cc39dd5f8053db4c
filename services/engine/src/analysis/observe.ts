import type { Span } from '@opentelemetry/api';
import type { Dataset } from '@penstock/contracts';
import { type Metrics, recordSpan, type SpanAttributes, type Tracing } from '@penstock/telemetry';
import type { Observed } from '../workers/task.ts';
import { dataHealth } from './data-health.ts';

/** Counts what a worker did in the engine's series. */
export function countRun(
  series: Metrics<'engine'>['series'],
  observed: Observed,
  dataset: Dataset,
  { queuedMs, span }: { readonly queuedMs: number; readonly span: Span },
): void {
  series.worker_task_wait_seconds.observe(Math.max(0, observed.startMs - queuedMs) / 1000, span);
  const computedS = (observed.endMs - observed.startMs) / 1000;
  series.processing_time_per_10k_rows_seconds.observe((computedS * 10_000) / dataset.rows, span);
  for (const { name, status, startMs, endMs } of observed.estimators) {
    series.estimator_outcomes_total.inc({ estimator: name, result: status });
    if (status !== 'skipped') series.estimator_duration_seconds.observe({ estimator: name }, (endMs - startMs) / 1000, span);
  }
  for (const { gate, result } of observed.gates) series.quality_gate_checks_total.inc({ gate, result });
  for (const { figure, drawn, startMs, endMs } of observed.drawings) {
    (drawn ? series.drawing_success_total : series.drawing_failed_total).inc({ figure });
    series.drawing_operation_duration_ms.observe({ figure }, endMs - startMs, span);
  }
  if (observed.signConsensus !== null) series.sign_consensus_ratio.observe(observed.signConsensus);
  if (observed.ciOverlap !== null) series.ci_overlap_index.observe(observed.ciOverlap);
  const health = dataHealth(dataset, observed.duplicatedRows);
  if (health !== null) series.data_health_score.observe(health);
}

/** Records what happened in a worker as spans of the request that asked for it. */
export function traceRun(
  tracing: Tracing,
  parent: Span,
  observed: Observed,
  { queuedMs, draws }: { readonly queuedMs: number; readonly draws: number },
): void {
  const worker: SpanAttributes = { 'penstock.worker.id': observed.thread };
  recordSpan(tracing, parent, {
    name: 'queue wait',
    startMs: queuedMs,
    endMs: Math.max(queuedMs, observed.startMs),
    attributes: { ...worker, 'penstock.worker.wait_ms': Math.max(0, observed.startMs - queuedMs) },
  });
  for (const { name, status, startMs, endMs } of observed.estimators) {
    recordSpan(tracing, parent, {
      name: `estimator ${name}`,
      startMs,
      endMs,
      attributes: {
        ...worker,
        'penstock.estimator.name': name,
        'penstock.estimator.status': status,
        ...(draws > 0 && { 'penstock.bootstrap.draws': draws }),
      },
      ...(status === 'failed' && { error: 'estimator_failed' }),
    });
  }
  recordSpan(tracing, parent, {
    name: 'figures',
    ...observed.figures,
    attributes: { ...worker, 'penstock.figure.count': observed.drawings.length },
  });
}

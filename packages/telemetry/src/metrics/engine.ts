import { counter, FILE_BYTES, gauge, histogram, SHARES, WORK_SECONDS } from './define.ts';

export const ENGINE_SERIES = {
  estimator_duration_seconds: histogram(WORK_SECONDS, 'Time one estimator computed, its bootstrap included', 'estimator'),
  estimator_outcomes_total: counter('Estimators by how they ended: ok, skipped or failed', 'estimator', 'result'),
  quality_gate_checks_total: counter('Quality gates checked, by result: pass, warn, fail or skipped', 'gate', 'result'),
  sign_consensus_ratio: histogram(SHARES, "Share of an analysis' finished estimators whose estimate has the majority's sign"),
  ci_overlap_index: histogram(
    SHARES,
    'Mean over pairs of estimators of one estimand of the intersection ÷ union of their confidence intervals',
  ),
  data_health_score: histogram(
    SHARES,
    '1 − the mean of the shares of missing cells, constant columns and duplicated rows, of each data set analysed',
  ),
  job_queue_depth: gauge('Tasks waiting for a worker thread'),
  worker_active_jobs: gauge('Tasks that worker threads compute now'),
  worker_task_wait_seconds: histogram(WORK_SECONDS, 'Time a task waited until a worker thread took it'),
  processing_time_per_10k_rows_seconds: histogram(
    WORK_SECONDS,
    'Time a worker thread computed one analysis ÷ rows of its data set × 10,000; high where there are few rows, since every analysis costs something',
  ),
  file_size_processed_bytes: histogram(FILE_BYTES, 'Size of each data set taken from an upload, as it is kept, bytes'),
} as const;

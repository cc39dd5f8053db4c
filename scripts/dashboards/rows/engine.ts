import { graph, type Panel } from '../panels.ts';
import { gauge, orNone, quantile, rate } from '../promql.ts';

const workers = (): Panel =>
  graph({
    title: 'Workers',
    description: 'Analyses that worker threads compute, those that wait for one, and how many may be under way or waiting.',
    unit: 'short',
    queries: [
      ['computing', gauge('worker_active_jobs')],
      ['waiting', gauge('job_queue_depth')],
      ['limit {{job}} {{limit_name}}', gauge('concurrency_limit', { by: ['job', 'limit_name'] })],
    ],
  });

const wait = (): Panel =>
  graph({
    title: 'Wait for a worker',
    description: 'Time from the arrival of an analysis until a thread took it. Near what callers can wait, engines are too few.',
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((share) => [`p${100 * share}`, quantile(share, 'worker_task_wait_seconds')]),
    traces: 'engine',
  });

const estimators = (): Panel =>
  graph({
    title: 'Time of estimators, p95',
    description: 'How long each estimator computes, its bootstrap included.',
    unit: 's',
    queries: [
      ['{{estimator}}', quantile(0.95, 'estimator_duration_seconds', { by: ['estimator'] })],
      ['whole analysis, per 10,000 rows', quantile(0.95, 'processing_time_per_10k_rows_seconds')],
    ],
    traces: 'engine',
  });

const drawn = rate('drawing_success_total', { by: ['figure'] });

const figures = (): Panel =>
  graph({
    title: 'Figures',
    description: 'Figures rendered per second, those that could not be because of an error, and those that wait.',
    unit: 'short',
    queries: [
      ['{{figure}}', drawn],
      ['{{figure}} failed', orNone(rate('drawing_failed_total', { by: ['figure'] }), drawn)],
      ['waiting', gauge('drawing_queue_size')],
    ],
  });

const figureTime = (): Panel =>
  graph({
    title: 'Time of figures, p95',
    description: 'How long one figure takes to render.',
    unit: 'ms',
    queries: [['{{figure}}', quantile(0.95, 'drawing_operation_duration_ms', { by: ['figure'] })]],
  });

export const engine = () => ({ title: 'Engine', panels: [workers(), wait(), estimators(), figures(), figureTime()] });

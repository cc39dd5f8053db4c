import { counter, gauge, histogram } from './define.ts';

export const FIGURE_SERIES = {
  drawing_success_total: counter('Figures rendered', 'figure'),
  drawing_failed_total: counter('Figures that could not be rendered because of an error', 'figure'),
  drawing_queue_size: gauge('Figures waiting to be rendered'),
  drawing_operation_duration_ms: histogram(
    [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000],
    'Time to render one figure, milliseconds',
    'figure',
  ),
} as const;

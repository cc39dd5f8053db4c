import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Dataset } from '@penstock/contracts';
import { createMetrics, OFF_SPAN, renderText } from '@penstock/telemetry';
import { countRun } from '../../src/analysis/observe.ts';
import type { Drawing, Observed } from '../../src/workers/task.ts';

const drawing = (figure: string, drawn: boolean): Drawing => ({ figure, drawn, startMs: 20, endMs: 24 });

const OBSERVED: Observed = {
  thread: 1,
  startMs: 0,
  endMs: 30,
  estimators: [],
  drawings: [drawing('event_study', false), drawing('balance', true)],
  figures: { startMs: 20, endMs: 28 },
  gates: [],
  signConsensus: null,
  ciOverlap: null,
  duplicatedRows: 0,
  faults: [],
};

it('a figure that could not be drawn counts as failed, with its time', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  countRun(metrics.series, OBSERVED, { rows: 60, columns: [] } as unknown as Dataset, { queuedMs: 0, span: OFF_SPAN });

  const { body } = await renderText(metrics);
  const lines = body
    .split('\n')
    .filter((line) => /^drawing_(?:success|failed)_total|^drawing_operation_duration_ms_sum/.test(line));
  assert.deepEqual(lines.toSorted(), [
    'drawing_failed_total{figure="event_study"} 1',
    'drawing_operation_duration_ms_sum{figure="balance"} 4',
    'drawing_operation_duration_ms_sum{figure="event_study"} 4',
    'drawing_success_total{figure="balance"} 1',
  ]);
});

it('what an analysis takes is told for 10,000 rows of its data', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  countRun(metrics.series, OBSERVED, { rows: 60, columns: [] } as unknown as Dataset, { queuedMs: 0, span: OFF_SPAN });
  assert.match((await renderText(metrics)).body, /^processing_time_per_10k_rows_seconds_sum 5$/m);
});

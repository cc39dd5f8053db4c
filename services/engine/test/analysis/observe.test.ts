import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Dataset } from '@penstock/contracts';
import { createMetrics, renderText } from '@penstock/telemetry';
import { countRun } from '../../src/analysis/observe.ts';
import type { Drawing, Observed } from '../../src/workers/task.ts';

const drawing = (figure: string, drawn: boolean): Drawing => ({ figure, drawn, startMs: 20, endMs: 24 });

it('a figure that could not be drawn counts as failed, with its time', async () => {
  const observed: Observed = {
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
  const metrics = createMetrics({ service: 'engine', enabled: true });
  countRun(metrics.series, observed, { rows: 0, columns: [] } as unknown as Dataset, 0);

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

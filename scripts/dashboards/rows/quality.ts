import { graph, type Panel } from '../panels.ts';
import { mean, rate, ratio } from '../promql.ts';

const outcomes = (): Panel =>
  graph({
    title: 'Estimators by outcome',
    description: 'Estimators per second that ran, were skipped because the data do not allow them, or failed.',
    unit: 'ops',
    queries: [['{{estimator}} {{result}}', rate('estimator_outcomes_total', { by: ['estimator', 'result'] })]],
  });

const gates = (): Panel =>
  graph({
    title: 'Quality gates',
    description: 'Share of the checks of each gate by result. A gate that starts to warn or fail tells of data, not of a defect.',
    unit: 'percentunit',
    queries: [
      [
        '{{gate}} {{result}}',
        `${ratio(rate('quality_gate_checks_total', { by: ['gate', 'result'] }), `on (gate) group_left () ${rate('quality_gate_checks_total', { by: ['gate'] })}`)}`,
      ],
    ],
    max: 1,
  });

const agreement = (): Panel =>
  graph({
    title: 'Agreement and data health',
    description: 'Means over analyses: estimators that agree on the sign, overlap of their intervals, completeness of the data.',
    unit: 'percentunit',
    queries: [
      ['same sign', mean('sign_consensus_ratio')],
      ['overlap of intervals', mean('ci_overlap_index')],
      ['data health', mean('data_health_score')],
    ],
    max: 1,
  });

export const quality = () => ({ title: 'Quality', panels: [outcomes(), gates(), agreement()] });

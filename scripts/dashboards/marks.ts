import type { Query } from './panels.ts';
import { rate } from './promql.ts';

/** What happened to breakers and engines, marked in every panel. */
export const MARKS: readonly Query[] = [
  [
    'Breaker of {{breaker_name}}: {{from_state}} to {{to_state}}',
    `${rate('circuit_breaker_transitions_total', { by: ['breaker_name', 'from_state', 'to_state'] })} > 0`,
  ],
  ['Engine {{engine}} {{change}}', `${rate('balance_changes_total', { by: ['engine', 'change'] })} > 0`],
];

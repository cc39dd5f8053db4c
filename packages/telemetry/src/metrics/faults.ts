import { counter } from './define.ts';

export const FAULT_SERIES = {
  faults_injected_total: counter(
    'Faults injected on purpose into requests; 0 wherever it is not enabled',
    'fault',
    'kind',
    'route',
  ),
} as const;

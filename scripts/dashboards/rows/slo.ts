import { errorBudget, OBJECTIVES } from '../../../packages/telemetry/src/index.ts';
import { graph, type Panel, type Query, stat } from '../panels.ts';
import { rate, ratio } from '../promql.ts';

type Slo = keyof typeof OBJECTIVES;
const SLOS = Object.keys(OBJECTIVES) as Slo[];

const share = (result: 'met' | 'missed', slo: Slo, over: string): string => {
  const counted = { slo: `="${slo}"`, result: `="${result}"` };
  return ratio(
    rate('slo_compliance_total', { where: counted, over }),
    rate('slo_compliance_total', { where: { slo: counted.slo }, over }),
  );
};

const promised = SLOS.map((slo) => `${OBJECTIVES[slo].promise} (objective ${100 * OBJECTIVES[slo].share} %)`).join(', and ');

const compliance = (): Panel =>
  stat({
    title: 'Objectives',
    description: `Over the time shown: share of requests ${promised}.`,
    unit: 'percentunit',
    decimals: 3,
    queries: SLOS.map((slo): Query => [slo, share('met', slo, '$__range')]),
  });

const budgetLeft = (): Panel =>
  stat({
    title: 'Error budget left',
    description: 'What is left of the misses that the objectives allow in the time shown. Below 0 the objective is missed.',
    unit: 'percentunit',
    decimals: 1,
    queries: SLOS.map((slo): Query => [slo, `1 - ${burn(slo, '$__range')}`]),
    thresholds: { warn: 0.25, alarm: 0 },
    higherIsBetter: true,
  });

const burn = (slo: Slo, over: string): string => `${share('missed', slo, over)} / ${errorBudget(OBJECTIVES[slo])}`;

const burnRate = (): Panel =>
  graph({
    title: 'Burn rate',
    description: 'How many times faster than allowed the budget is used: 14.4 over 1 h uses 2 % of 30 days, 6 over 6 h uses 5 %.',
    unit: 'none',
    queries: ['1h', '6h'].flatMap((over) => SLOS.map((slo): Query => [`${slo}, ${over}`, burn(slo, over)])),
    thresholds: { warn: 6, alarm: 14.4 },
  });

export const slo = () => ({ title: 'Objectives', panels: [compliance(), budgetLeft(), burnRate()] });

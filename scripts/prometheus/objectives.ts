import { errorBudget, OBJECTIVES, type Objective } from '../../packages/telemetry/src/index.ts';
import { increase, rate, ratio } from '../dashboards/promql.ts';
import type { Alert, RecordingRule, RuleGroup } from './rule.ts';

/**
 * Burning this many times faster than allowed, over the long range and still over the short one.
 * Source: The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
 */
const BURNS = [
  { alert: 'ErrorBudgetBurnsFast', times: 14.4, long: '1h', short: '5m', severity: 'critical' },
  { alert: 'ErrorBudgetBurns', times: 6, long: '6h', short: '30m', severity: 'critical' },
  { alert: 'ErrorBudgetBurnsSlowly', times: 2, long: '3d', short: '6h', severity: 'warning' },
] as const;

/** Where there are few requests a single one is a large share: so many misses in the long range are needed as well. */
const FEWEST_MISSES = 10;

const BUDGET = 'slo:error_budget:ratio';
const burnRate = (over: string): string => `slo:burn:ratio_rate${over}`;

const budgets = (): RecordingRule[] =>
  Object.entries<Objective>(OBJECTIVES).map(([slo, objective]) => ({
    record: BUDGET,
    expr: `vector(${errorBudget(objective)})`,
    labels: { slo },
  }));

function burn(over: string): RecordingRule {
  const missed = rate('slo_compliance_total', { by: ['slo'], where: { result: '="missed"' }, over });
  const all = rate('slo_compliance_total', { by: ['slo'], over });
  return { record: burnRate(over), expr: `${ratio(missed, all)} / on (slo) ${BUDGET}` };
}

function alert({ alert, times, long, short, severity }: (typeof BURNS)[number]): Alert {
  const misses = increase('slo_compliance_total', { by: ['slo'], where: { result: '="missed"' }, over: long });
  return {
    alert,
    expr: `${burnRate(long)} > ${times} and ${burnRate(short)} > ${times} and ${misses} >= ${FEWEST_MISSES}`,
    severity,
    summary: `The error budget of {{ $labels.slo }} is used {{ $value | printf "%.1f" }} times faster than allowed, over ${long} and ${short}.`,
  };
}

/** From `OBJECTIVES`: what may be missed, how fast it is used, and the alerts about it. */
export function objectives(): RuleGroup {
  const ranges = [...new Set(BURNS.flatMap(({ short, long }) => [short, long]))];
  return { name: 'objectives', rules: [...budgets(), ...ranges.map(burn), ...BURNS.map(alert)] };
}

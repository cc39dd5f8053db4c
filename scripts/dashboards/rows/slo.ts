import { graph, type Panel, type Query, stat } from '../panels.ts';
import { observed, observedWithin, orNone, ratio } from '../promql.ts';

/** What is promised of requests at the gateway: this share is not answered with 5xx. */
const AVAILABILITY = 0.999;
/** And this share is answered within so many seconds, a bound of the histogram's buckets. */
const LATENCY = { share: 0.99, seconds: 2.5 } as const;

const where = { job: '="gateway"', route: '=~"/api/.+"' } as const;
const all = (over: string): string => observed('http_server_request_duration_seconds', { where, over });
const within = (over: string): string => observedWithin('http_server_request_duration_seconds', LATENCY.seconds, { where, over });

const failed = (over: string): string => {
  const errors = observed('http_server_request_duration_seconds', { where: { ...where, status: '=~"5.."' }, over });
  return ratio(orNone(errors, all(over)), all(over));
};
const fast = (over: string): string => ratio(within(over), all(over));

const compliance = (): Panel =>
  stat({
    title: 'Objectives',
    description: `Over the time shown: share of requests without 5xx (objective ${100 * AVAILABILITY} %), and answered within ${LATENCY.seconds} s (objective ${100 * LATENCY.share} %).`,
    unit: 'percentunit',
    decimals: 3,
    queries: [
      ['available', `1 - ${failed('$__range')}`],
      [`within ${LATENCY.seconds} s`, fast('$__range')],
    ],
  });

const budgetLeft = (): Panel =>
  stat({
    title: 'Error budget left',
    description: 'What is left of the misses that the objectives allow in the time shown. Below 0 the objective is missed.',
    unit: 'percentunit',
    decimals: 1,
    queries: burn('$__range').map(([legend, expression]) => [legend, `1 - ${expression}`]),
    thresholds: { warn: 0.25, alarm: 0 },
    higherIsBetter: true,
  });

function burn(over: string): Query[] {
  return [
    ['availability', `${failed(over)} / ${rounded(1 - AVAILABILITY)}`],
    ['latency', `(1 - ${fast(over)}) / ${rounded(1 - LATENCY.share)}`],
  ];
}

/** 1 − 0.999 is not 0.001 in binary. */
const rounded = (share: number): string => String(Number(share.toPrecision(6)));

const burnRate = (): Panel =>
  graph({
    title: 'Burn rate',
    description: 'How many times faster than allowed the budget is used: 14.4 over 1 h uses 2 % of 30 days, 6 over 6 h uses 5 %.',
    unit: 'none',
    queries: ['1h', '6h'].flatMap((over) => burn(over).map(([legend, expression]): Query => [`${legend}, ${over}`, expression])),
    thresholds: { warn: 6, alarm: 14.4 },
  });

export const slo = () => ({ title: 'Objectives', panels: [compliance(), budgetLeft(), burnRate()] });

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.ts';
import { toDashboard, toTraces } from './links.ts';
import { MARKS } from './marks.ts';
import { engine } from './rows/engine.ts';
import { goldenSignals } from './rows/golden-signals.ts';
import { poolAndCache } from './rows/pool-and-cache.ts';
import { quality } from './rows/quality.ts';
import { resilience } from './rows/resilience.ts';
import { slo } from './rows/slo.ts';

/** Everything of both services. */
export const main = (): Dashboard =>
  dashboard({
    uid: 'penstock',
    title: 'Penstock',
    description: 'Gateway and engine: what clients see, what the policies decide, what the engine computes.',
    rows: [goldenSignals(), resilience(), poolAndCache(), engine(), quality(), slo()],
    links: [toDashboard('On call', 'penstock-on-call'), toTraces('gateway')],
    marks: MARKS,
  });

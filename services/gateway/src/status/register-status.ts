import type { Clock } from '@penstock/clock';
import type { ResilienceState } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import { type Metrics, readRequests } from '@penstock/telemetry';
import { followRequests, SHOWN_ROUTES } from './follow-requests.ts';
import { CONTENT_SECURITY_POLICY, PAGE, renderPage, sectionsOf } from './page/page.ts';
import { RecentRequests } from './recent-requests.ts';
import type { StatusSnapshot } from './snapshot.ts';
import { Traffic } from './traffic.ts';
import { Viewers } from './viewers.ts';

interface StatusDeps {
  readonly clock: Clock;
  readonly metrics: Metrics<'gateway'>;
  readonly version: string;
  readonly startedAt: number;
  readonly jaegerUi: URL | undefined;
  /** As `GET /api/resilience` tells it, without the requests that only look. */
  readonly state: (looking: number) => ResilienceState;
}

const MINUTE_MS = 60_000;

/** `GET /status`, a page over the live state, and `GET /status/events`, which keeps it up to date. */
export function registerStatus(app: ServiceApp, deps: StatusDeps): Viewers {
  const { clock, metrics } = deps;
  const onError = (error: unknown): void => app.log.error({ err: error }, 'The status page cannot be brought up to date');
  const recent = new RecentRequests();
  const traffic = metrics.enabled ? new Traffic({ clock, read: () => shownRequests(metrics), onError }) : undefined;
  const snapshot = (looking: number): StatusSnapshot => ({
    at: clock.now(),
    version: deps.version,
    startedAt: deps.startedAt,
    state: deps.state(looking),
    traffic: traffic === undefined ? null : { points: traffic.points, lastMinute: traffic.window(MINUTE_MS) },
    requests: recent.all,
    jaegerUi: deps.jaegerUi,
  });
  const viewers = new Viewers({ clock, page: PAGE, onError, render: () => sectionsOf(snapshot(0)) });

  followRequests(app, recent, clock);
  void app.register(async (scope) => {
    addRoutes(scope, viewers, snapshot);
  });
  app.addHook('onClose', async () => traffic?.stop());
  return viewers;
}

async function shownRequests(metrics: Metrics<'gateway'>) {
  return (await readRequests(metrics)).filter(({ labels }) => SHOWN_ROUTES.has(labels.route));
}

function addRoutes(app: ServiceApp, viewers: Viewers, snapshot: (looking: number) => StatusSnapshot): void {
  app.get('/status', { schema: { tags: ['operations'], summary: 'The live state as a page to look at' } }, (_request, reply) =>
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .send(renderPage(snapshot(1))),
  );

  app.get(
    '/status/events',
    {
      schema: { tags: ['operations'], summary: 'What changes on the page, once a second, as server-sent events' },
      exposeHeadRoute: false,
      // It lasts as long as somebody looks: its time would say nothing of requests.
      config: { untraced: true, lasting: true },
    },
    (_request, reply) =>
      // Proxies that gather replies must pass each event on.
      reply
        .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(viewers.join()),
  );
}

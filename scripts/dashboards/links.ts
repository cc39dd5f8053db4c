import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** Opens Jaeger in Explore with the traces of a service, over the time that the dashboard shows. */
export function toTraces(service: 'gateway' | 'engine'): DashboardLinkBuilder {
  const datasource = { type: 'jaeger', uid: 'jaeger' };
  const queries = [{ refId: 'A', datasource, queryType: 'search', service }];
  const pane = { datasource: datasource.uid, queries, range: { from: '__FROM__', to: '__TO__' } };
  // Grafana replaces its variables only where they stand as they are, so they are put in after the encoding.
  const panes = encodeURIComponent(JSON.stringify({ traces: pane }))
    .replace('__FROM__', '$' + '{__from}')
    .replace('__TO__', '$' + '{__to}');
  return new DashboardLinkBuilder(`Traces of the ${service}`)
    .type(DashboardLinkType.Link)
    .url(`/explore?schemaVersion=1&orgId=1&panes=${panes}`)
    .targetBlank(true);
}

/** To the other dashboard, with the time that is looked at. */
export const toDashboard = (title: string, uid: string): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(`/d/${uid}`).keepTime(true);

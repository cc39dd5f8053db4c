import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../../deploy/grafana/dashboards');

export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface Target {
  readonly expr: string;
  readonly exemplar?: boolean;
  readonly datasource: { readonly uid: string };
}
export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: GridPos;
  readonly targets?: readonly Target[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string; readonly custom?: unknown } };
}
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly DashboardPanel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** The dashboards as Grafana gets them. */
export const dashboards = (): Dashboard[] =>
  readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Dashboard);

/** What is not a heading. */
export const panelsOf = ({ panels }: Dashboard): DashboardPanel[] => panels.filter(({ type }) => type !== 'row');

export interface NamedQuery {
  /** Dashboard and panel, or mark. */
  readonly from: string;
  readonly expr: string;
  /** Whether points of single requests are asked for as well. */
  readonly exemplar: boolean;
}

/** Every query of panels and marks, variables and all. */
export const queriesOf = (dashboard: Dashboard): NamedQuery[] => [
  ...panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, exemplar = false }) => ({ from: `${dashboard.title} / ${title}`, expr, exemplar })),
  ),
  ...dashboard.annotations.list.map(({ name, expr }) => ({ from: `${dashboard.title} / ${name}`, expr, exemplar: false })),
];

/** The query as Grafana sends it. */
export const withoutVariables = (
  expression: string,
  { rateInterval, range }: { readonly rateInterval: string; readonly range: string },
): string => expression.replaceAll('$__rate_interval', rateInterval).replaceAll('$__range', range);

import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLinkBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Panel, PROMETHEUS, type Query } from './panels.ts';

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  readonly links: readonly DashboardLinkBuilder[];
  /** Moments that are marked in every panel: where the query has a value. The name is the mark's text, with `{{label}}`. */
  readonly marks: readonly Query[];
}

const HEIGHT = 8;
const WIDTH = 24;
const MOST_IN_A_LINE = 3;

export function dashboard({ uid, title, description, rows, links, marks }: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['penstock'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .timezone('browser')
    .links([...links])
    .annotations(marks.map(mark));
  let id = 1;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id(id++));
    for (const line of lines(row.panels)) {
      for (const panel of line)
        builder.withPanel(
          panel
            .id(id++)
            .height(HEIGHT)
            .span(WIDTH / line.length),
        );
    }
  }
  return builder.build();
}

/** Lines of three; what is left over takes the whole width, but never one panel alone beside lines of three. */
function lines(panels: readonly Panel[]): Panel[][] {
  const result: Panel[][] = [];
  let rest = [...panels];
  while (rest.length > 0) {
    const count = rest.length === MOST_IN_A_LINE + 1 ? 2 : MOST_IN_A_LINE;
    result.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return result;
}

function mark([text, expression]: Query): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(text.replaceAll(/\s*\{\{.*?\}\}\s*/g, ' ').trim())
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('red')
    .expr(expression)
    .titleFormat(text);
}

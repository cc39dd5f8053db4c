import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  type DataSourceRef,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { toTraces } from './links.ts';

/** uid of the data source that deploy/grafana/provisioning makes. */
export const PROMETHEUS: DataSourceRef = Object.freeze({ type: 'prometheus', uid: 'prometheus' });

/** A query and the name of its lines: text with `{{label}}`. */
export type Query = readonly [legend: string, expression: string];

interface Bounds {
  readonly warn?: number;
  readonly alarm: number;
}

interface PanelText {
  readonly title: string;
  /** What the panel shows and what to look for; shown behind its (i). */
  readonly description: string;
  /** Grafana's id of the unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** From these values on the colour says that something is wrong. */
  readonly thresholds?: Bounds;
}

export interface GraphOptions extends PanelText {
  readonly min?: number;
  readonly max?: number;
  /** The series are latencies of requests: points of single requests link to their traces. */
  readonly exemplars?: boolean;
  /** A line with a unit and an axis of its own. */
  readonly onTheRight?: { readonly legend: string; readonly unit: string };
  /** A link to the traces of the time that is looked at. */
  readonly traces?: 'gateway' | 'engine';
}

export type Panel = TimeSeriesBuilder | StatBuilder | StateTimelineBuilder;

export function graph({ title, description, unit, queries, thresholds, ...rest }: GraphOptions): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .min(rest.min ?? 0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(targets(queries, 'range', rest.exemplars));
  if (rest.max !== undefined) panel.max(rest.max);
  if (rest.onTheRight !== undefined) panel.overrideByName(rest.onTheRight.legend, rightAxis(rest.onTheRight.unit));
  if (rest.traces !== undefined) panel.links([toTraces(rest.traces)]);
  if (thresholds !== undefined)
    panel
      .thresholds(steps(thresholds))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return panel;
}

interface StatOptions extends PanelText {
  readonly states?: readonly State[];
  /** Values below `thresholds` are what is wrong. */
  readonly higherIsBetter?: boolean;
  readonly decimals?: number;
}

export function stat({ title, description, unit, queries, thresholds, ...rest }: StatOptions): StatBuilder {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(targets(queries, 'instant'));
  if (rest.decimals !== undefined) panel.decimals(rest.decimals);
  if (rest.states !== undefined) panel.mappings([mapping(rest.states)]);
  if (thresholds !== undefined) panel.thresholds(steps(thresholds, rest.higherIsBetter));
  return panel;
}

interface StateHistoryOptions extends Omit<PanelText, 'unit' | 'thresholds'> {
  readonly states: readonly State[];
}

export function stateHistory({ title, description, queries, states }: StateHistoryOptions): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit('none')
    .mappings([mapping(states)])
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .fillOpacity(70)
    .legend(legend())
    .targets(targets(queries, 'range'));
}

const rightAxis = (unit: string): DynamicConfigValue[] => [
  { id: 'unit', value: unit },
  { id: 'custom.axisPlacement', value: 'right' },
];

/** What the values 0, 1, 2 … of a state gauge are called, and how bad they are. */
interface State {
  readonly text: string;
  readonly color: 'green' | 'yellow' | 'red';
}
export const BREAKER_STATES: readonly State[] = [
  { text: 'closed', color: 'green' },
  { text: 'OPEN', color: 'red' },
  { text: 'half-open', color: 'yellow' },
];
export const DRAIN_STATES: readonly State[] = [
  { text: 'serving', color: 'green' },
  { text: 'draining', color: 'yellow' },
];

function mapping(states: readonly State[]): ValueMapping {
  const options = Object.fromEntries(states.map((state, index) => [String(index), { ...state, index }]));
  return { type: MappingType.ValueToText, options };
}

function targets(queries: readonly Query[], kind: 'range' | 'instant', exemplars = false): DataqueryBuilder[] {
  return queries.map(([legendFormat, expression], index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(PROMETHEUS)
      .expr(expression)
      .legendFormat(legendFormat);
    return (kind === 'range' ? query.range() : query.instant()).exemplar(exemplars);
  });
}

// Grafana reads steps upwards, each colour from its value on.
function steps({ warn, alarm }: Bounds, higherIsBetter = false): ThresholdsConfigBuilder {
  const upwards: Threshold[] = higherIsBetter
    ? [
        { value: null, color: 'red' },
        { value: alarm, color: warn === undefined ? 'green' : 'yellow' },
      ]
    : [{ value: null, color: 'green' }];
  if (warn !== undefined) upwards.push({ value: warn, color: higherIsBetter ? 'green' : 'yellow' });
  if (!higherIsBetter) upwards.push({ value: alarm, color: 'red' });
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(upwards);
}

const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);

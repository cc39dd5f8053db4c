import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly jsonData?: {
    /** Label of exemplars that holds the id of a trace, and where that is opened. */
    readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly datasourceUid: string }[];
    /** Field of log lines, and where its value is opened. */
    readonly dataLinks?: readonly { readonly field: string; readonly datasourceUid: string }[];
    readonly tracesToLogsV2?: { readonly datasourceUid: string; readonly query: string };
    readonly index?: string;
  };
}

const file = path.join(import.meta.dirname, '../../../deploy/grafana/provisioning/datasources/datasources.yml');

/** The data sources that Grafana is started with. */
export const { datasources: DATASOURCES } = parse(readFileSync(file, 'utf8')) as { readonly datasources: readonly Datasource[] };

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: {
    /** Label of exemplars that holds the id of a trace, and where that is opened. */
    readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly datasourceUid: string }[];
  };
}

const file = path.join(import.meta.dirname, '../../../deploy/grafana/provisioning/datasources/datasources.yml');

/** The data sources that Grafana is started with. */
export const { datasources: DATASOURCES } = parse(readFileSync(file, 'utf8')) as { readonly datasources: readonly Datasource[] };

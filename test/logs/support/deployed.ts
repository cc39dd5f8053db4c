import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

type Properties = Readonly<Record<string, { readonly type?: string; readonly properties?: Properties }>>;
export interface IndexTemplate {
  readonly index_patterns: readonly string[];
  readonly composed_of: readonly string[];
  readonly ignore_missing_component_templates: readonly string[];
  readonly template: { readonly mappings: { readonly dynamic: boolean; readonly properties: Properties } };
}
export interface SavedObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
}
export interface ComposeService {
  readonly image: string;
  readonly build?: unknown;
  readonly healthcheck?: unknown;
  readonly mem_limit?: string;
}

/** The files of deploy/logs, and what docker-compose.full.yml has of them. */
export const indexTemplate = JSON.parse(read('deploy/logs/index-template.json')) as IndexTemplate;
export const filebeatConfig = parse(read('deploy/logs/filebeat.yml')) as Readonly<Record<string, unknown>>;
export const savedObjects = read('deploy/logs/kibana.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as SavedObject);
export const composeServices = (
  parse(read('docker-compose.full.yml'), { merge: true }) as { services: Readonly<Record<string, ComposeService>> }
).services;

/** Every field that the template maps, with its type. */
export const mappedFields: ReadonlyMap<string, string> = new Map(flatten(indexTemplate.template.mappings.properties, ''));

function flatten(properties: Properties, prefix: string): [string, string][] {
  return Object.entries(properties).flatMap(([name, { type, properties: inner }]) => [
    ...(type === undefined ? [] : [[`${prefix}${name}`, type] as [string, string]]),
    ...flatten(inner ?? {}, `${prefix}${name}.`),
  ]);
}

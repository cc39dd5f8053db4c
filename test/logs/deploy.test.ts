/**
 * The files of deploy/logs. Elasticsearch takes them in test/elasticsearch; Kibana is not run anywhere, so what it is given
 * is compared with the attributes and parameters that its version knows.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  composeServices,
  filebeatConfig,
  indexTemplate,
  mappedFields,
  type SavedObject,
  savedObjects,
} from './support/deployed.ts';

describe('filebeat.yml', () => {
  /** Of filebeat.reference.yml and of the parsers' and processors' options; all of them are in 7.17 and 8.15. */
  const KNOWN = new Set([
    ...['filebeat.inputs.type', 'filebeat.inputs.id', 'filebeat.inputs.paths'],
    ...['stream', 'format'].map((name) => `filebeat.inputs.parsers.container.${name}`),
    ...['target', 'overwrite_keys', 'expand_keys', 'ignore_decoding_error'].map(
      (name) => `filebeat.inputs.parsers.ndjson.${name}`,
    ),
    ...['fields', 'ignore_missing'].map((name) => `processors.drop_fields.${name}`),
    'processors.drop_event.when.not.or.equals.service.name',
    ...['hosts', 'index', 'non_indexable_policy.dead_letter_index.index'].map((name) => `output.elasticsearch.${name}`),
    ...['setup.template.enabled', 'setup.ilm.enabled', 'logging.to_stderr', 'logging.metrics.enabled'],
  ]);
  const settings = [...flatten(filebeatConfig)];
  const valuesOf = (name: string): unknown[] => settings.filter(([each]) => each === name).map(([, value]) => value);

  it('has no key that filebeat does not know', () => {
    for (const [name] of settings) assert.ok(KNOWN.has(name), name);
  });

  it('ships the lines of the services that are built here, and of nothing else', () => {
    const built = Object.entries(composeServices).filter(([, { build }]) => build !== undefined);
    assert.deepEqual(
      valuesOf('processors.drop_event.when.not.or.equals.service.name').sort(),
      built.map(([name]) => name).sort(),
    );
  });

  it('writes into indices that the template is for, those of refused lines included', () => {
    const [pattern] = indexTemplate.index_patterns;
    for (const name of ['index', 'non_indexable_policy.dead_letter_index.index']) {
      const [index] = valuesOf(`output.elasticsearch.${name}`);
      assert.ok(String(index).startsWith(pattern!.replace('*', '')), String(index));
    }
  });

  it('drops no field that the template maps', () => {
    const [dropped] = valuesOf('processors.drop_fields.fields') as [string[]];
    for (const field of mappedFields.keys())
      assert.ok(!dropped.some((each) => field === each || field.startsWith(`${each}.`)), field);
  });
});

describe('index-template.json', () => {
  it('maps what it names and nothing by guess', () => {
    assert.equal(indexTemplate.template.mappings.dynamic, false);
  });

  it('does without the lifecycle where Elasticsearch has none', () => {
    assert.deepEqual(indexTemplate.ignore_missing_component_templates, indexTemplate.composed_of);
  });
});

describe('kibana.ndjson', () => {
  const VIEW = ['allowNoIndex', 'fieldAttrs', 'fieldFormatMap', 'fields', 'name', 'runtimeFieldMap', 'sourceFilters'];
  const KNOWN: Readonly<Record<string, readonly string[]>> = {
    'index-pattern': [...VIEW, 'timeFieldName', 'title', 'type', 'typeMeta'],
    search: [
      ...['breakdownField', 'columns', 'description', 'grid', 'hideAggregatedPreview', 'hideChart', 'isTextBasedQuery'],
      ...['kibanaSavedObjectMeta', 'refreshInterval', 'rowHeight', 'rowsPerPage', 'sort', 'timeRange', 'timeRestore', 'title'],
      ...['usesAdHocDataView', 'viewMode'],
    ],
  };
  const views = savedObjects.filter(({ type }) => type === 'index-pattern');
  const searches = savedObjects.filter(({ type }) => type === 'search');
  const parsed = <T>({ attributes }: SavedObject, name: string): T => JSON.parse(String(attributes[name])) as T;

  it('has attributes that Kibana knows, and references to objects of the file', () => {
    assert.deepEqual([views.length, searches.length], [1, 2]);
    for (const { type, id, attributes, references } of savedObjects) {
      for (const name of Object.keys(attributes)) assert.ok(KNOWN[type]?.includes(name), `${id}: ${name}`);
      for (const reference of references)
        assert.ok(
          savedObjects.some((object) => object.type === reference.type && object.id === reference.id),
          `${id} → ${reference.id}`,
        );
    }
  });

  it('looks at the indices of the template, by their time', () => {
    for (const { attributes } of views) {
      assert.deepEqual([attributes.title], indexTemplate.index_patterns);
      assert.equal(mappedFields.get(String(attributes.timeFieldName)), 'date');
    }
  });

  it('makes the trace id a link to Jaeger, and shows durations, which are nanoseconds, in milliseconds', () => {
    const formats = parsed<Record<string, { id: string; params: Record<string, unknown> }>>(views[0]!, 'fieldFormatMap');
    assert.deepEqual(formats['trace.id'], {
      id: 'url',
      params: { type: 'a', urlTemplate: 'http://localhost:16686/trace/{{value}}', labelTemplate: '{{value}}' },
    });
    assert.deepEqual(formats['event.duration'], {
      id: 'duration',
      params: { inputFormat: 'nanoseconds', outputFormat: 'asMilliseconds', outputPrecision: 1 },
    });
  });

  it('names only fields that are mapped', () => {
    const labelled = ['fieldFormatMap', 'fieldAttrs'].flatMap((name) => Object.keys(parsed<object>(views[0]!, name)));
    const shown = searches.flatMap(({ attributes }) => [
      ...(attributes.columns as string[]),
      ...(attributes.sort as string[][]).map(([field]) => field!),
      ...Object.keys((attributes.grid as { columns: object }).columns),
      String(attributes.breakdownField),
    ]);
    for (const field of [...labelled, ...shown]) assert.ok(mappedFields.has(field), field);
  });

  it('has searches that find their data view by its reference', () => {
    for (const { id, attributes, references } of searches) {
      const { searchSourceJSON } = attributes.kibanaSavedObjectMeta as { searchSourceJSON: string };
      const { indexRefName, query } = JSON.parse(searchSourceJSON) as { indexRefName: string; query: { language: string } };
      assert.deepEqual(
        references.map(({ name, id }) => [name, id]),
        [[indexRefName, views[0]!.id]],
        id,
      );
      assert.equal(query.language, 'kuery');
    }
  });
});

describe('the log services of docker-compose.full.yml', () => {
  const elastic = ['elasticsearch', 'logs-setup', 'filebeat', 'kibana'];

  it('are of one version, and bounded in memory', () => {
    const versions = new Set(elastic.map((name) => composeServices[name]?.image.split(':')[1]));
    assert.equal(versions.size, 1);
    assert.match([...versions][0]!, /^\d+\.\d+\.\d+$/);
    for (const name of elastic) assert.match(composeServices[name]?.mem_limit ?? '', /^\d+[mg]$/, name);
  });

  it('say whether they are well, except the one that ends', () => {
    for (const name of elastic) assert.equal(composeServices[name]?.healthcheck !== undefined, name !== 'logs-setup', name);
  });
});

/** Names as they are written with dots, lists left out. */
function* flatten(value: unknown, name = ''): Generator<[string, unknown]> {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object'))
    for (const item of value) yield* flatten(item, name);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [key, each] of Object.entries(value)) yield* flatten(each, name === '' ? key : `${name}.${key}`);
  else yield [name, value];
}

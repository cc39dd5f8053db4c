import Type, { type Static } from 'typebox';

/** The type a column was read as. `number` and `boolean` become Float64 columns; `text` becomes dummies. */
export const ColumnType = Type.Enum(['number', 'boolean', 'text', 'timestamp']);

export const ColumnSummary = Type.Object({
  name: Type.String(),
  type: ColumnType,
  missing: Type.Integer(),
  distinct: Type.Integer(),
  min: Type.Union([Type.Number(), Type.String(), Type.Null()]),
  max: Type.Union([Type.Number(), Type.String(), Type.Null()]),
  mean: Type.Union([Type.Number(), Type.Null()]),
});
export type ColumnSummary = Static<typeof ColumnSummary>;

const SuggestedRole = Type.Object({ role: Type.String(), column: Type.String(), because: Type.String() });

export const DatasetSummary = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    rows: Type.Integer(),
    column_count: Type.Integer(),
    bytes: Type.Integer(),
    sha256: Type.String({ description: 'Hash of the typed content, the same whatever format it came in' }),
    sample: Type.Boolean({ description: 'Registered by the engine itself' }),
    created_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'DatasetSummary' },
);
export type DatasetSummary = Static<typeof DatasetSummary>;

export const Dataset = Type.Object(
  {
    ...DatasetSummary.properties,
    description: Type.Union([Type.String(), Type.Null()]),
    columns: Type.Array(ColumnSummary),
    preview: Type.Array(Type.Array(Type.Unknown()), { description: 'The first rows, values in column order' }),
    suggested_roles: Type.Array(SuggestedRole),
  },
  { $id: 'Dataset' },
);
export type Dataset = Static<typeof Dataset>;

export const DatasetList = Type.Object({ datasets: Type.Array(DatasetSummary) }, { $id: 'DatasetList' });

export const RolesInferRequest = Type.Object(
  { dataset_id: Type.String({ minLength: 1, maxLength: 128 }) },
  { $id: 'RolesInferRequest', additionalProperties: false },
);
export const RolesInferReply = Type.Object(
  { dataset_id: Type.String(), suggested_roles: Type.Array(SuggestedRole) },
  { $id: 'RolesInferReply' },
);
export type SuggestedRole = Static<typeof SuggestedRole>;

import Type, { type Static } from 'typebox';

/** Where an engine is told which traces it keeps. For gateways, not for clients. */
export const KEEP_TRACES_PATH = '/internal/traces/keep';

/** Trace ids of one message at most. */
export const MAX_KEPT_TRACES = 1000;

export const KeepTraces = Type.Object(
  { trace_ids: Type.Array(Type.String({ pattern: '^[0-9a-f]{32}$' }), { maxItems: MAX_KEPT_TRACES }) },
  { $id: 'KeepTraces', additionalProperties: false },
);
export type KeepTraces = Static<typeof KeepTraces>;

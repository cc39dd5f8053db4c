import Type, { type Static } from 'typebox';

/** Liveness: the process runs. */
export const Live = Type.Object({ status: Type.Literal('live') }, { $id: 'Live' });
export const HealthCheck = Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() });
export type HealthCheck = Static<typeof HealthCheck>;
/** Readiness: whether new requests should be sent here. 503 with the same body when not. */
export const Ready = Type.Object(
  { status: Type.Enum(['ready', 'not_ready', 'draining']), checks: Type.Array(HealthCheck) },
  { $id: 'Ready' },
);
export type Ready = Static<typeof Ready>;
export const Health = Type.Object(
  {
    service: Type.String(),
    version: Type.String(),
    status: Type.Enum(['ready', 'not_ready', 'draining']),
    uptime_s: Type.Number(),
    inflight_requests: Type.Integer(),
    checks: Type.Array(HealthCheck),
  },
  { $id: 'Health' },
);
export type Health = Static<typeof Health>;

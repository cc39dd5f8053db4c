import Type, { type Static } from 'typebox';

/** GET /api/resilience: the live state of breaker, budget and pool. */
export const ResilienceState = Type.Object(
  {
    pipeline: Type.String({ description: 'The start line: every layer with its numbers' }),
    breakers: Type.Array(
      Type.Object({
        name: Type.String(),
        state: Type.Enum(['closed', 'open', 'half_open']),
        epoch: Type.Integer(),
        consecutive_failures: Type.Integer(),
        threshold: Type.Integer(),
        since: Type.String({ format: 'date-time' }),
        next_attempt_in_s: Type.Union([Type.Number(), Type.Null()]),
        transitions: Type.Array(
          Type.Object({ at: Type.String(), from: Type.String(), to: Type.String(), because: Type.String() }),
          { description: 'The last 50' },
        ),
      }),
    ),
    retry_budget: Type.Object({
      tokens: Type.Number(),
      capacity: Type.Number(),
      per_success: Type.Number(),
      per_second: Type.Number(),
    }),
    pools: Type.Array(
      Type.Object({
        name: Type.String(),
        origin: Type.String(),
        size: Type.Integer(),
        connected: Type.Integer(),
        active: Type.Integer(),
        pending: Type.Integer(),
        utilization: Type.Number(),
      }),
    ),
    inflight_requests: Type.Integer(),
    drain: Type.String(),
  },
  { $id: 'ResilienceState' },
);
export type ResilienceState = Static<typeof ResilienceState>;

import Type, { type Static } from 'typebox';

const Mode = Type.Enum(['enforce', 'shadow', 'off']);

/** GET /api/resilience: the live state of the policies and pools of each engine, and what gateways share. */
export const ResilienceState = Type.Object(
  {
    pipeline: Type.String({ description: 'The start line: every layer with its numbers' }),
    breakers: Type.Array(
      Type.Object({
        name: Type.String(),
        mode: Mode,
        state: Type.Enum(['closed', 'open', 'half_open']),
        epoch: Type.Integer(),
        consecutive_failures: Type.Integer(),
        threshold: Type.Integer(),
        since: Type.String({ format: 'date-time' }),
        next_attempt_in_s: Type.Union([Type.Number(), Type.Null()]),
        readiness_believed: Type.Boolean({
          description: 'False while the engine is not asked for its readiness, because it was ready and failed',
        }),
        transitions: Type.Array(
          Type.Object({ at: Type.String(), from: Type.String(), to: Type.String(), because: Type.String() }),
          { description: 'The last 50' },
        ),
      }),
    ),
    throttles: Type.Array(
      Type.Object({
        name: Type.String(),
        mode: Mode,
        requests: Type.Integer({ description: 'Calls counted in its window, refused ones included' }),
        accepts: Type.Integer(),
        probability: Type.Number({ description: 'With which the next call is refused, 0–1' }),
      }),
    ),
    concurrency: Type.Array(
      Type.Object({
        name: Type.String(),
        mode: Mode,
        limit: Type.Integer({ description: 'Attempts under way or waiting that are allowed now' }),
        in_flight: Type.Integer(),
      }),
    ),
    hedges: Type.Array(
      Type.Object({
        route: Type.String(),
        mode: Mode,
        delay_ms: Type.Union([Type.Number(), Type.Null()], {
          description: 'After which an attempt is late; null while too few answers were seen',
        }),
        samples: Type.Integer(),
      }),
    ),
    retry_budget: Type.Object({
      tokens: Type.Number(),
      capacity: Type.Number(),
      per_success: Type.Number(),
      per_second: Type.Number(),
    }),
    balance: Type.Array(
      Type.Object({
        name: Type.String(),
        in_flight: Type.Integer({ description: 'Calls of this gateway' }),
        load: Type.Number({ description: 'Tasks running and waiting, as the engine reported last' }),
      }),
    ),
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
    shared_state: Type.Object({
      kind: Type.Enum(['memory', 'redis'], { description: 'Where quotas and Idempotency-Keys are kept' }),
      ok: Type.Boolean({
        description: 'False while Redis is away: quotas are counted by this gateway alone, Idempotency-Keys refused',
      }),
      since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      detail: Type.String(),
    }),
    inflight_requests: Type.Integer(),
    drain: Type.String(),
  },
  { $id: 'ResilienceState' },
);
export type ResilienceState = Static<typeof ResilienceState>;

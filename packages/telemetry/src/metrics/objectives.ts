import { counter } from './define.ts';

/** A request of a client to the engine, as it ended at the gateway. */
export interface EndedRequest {
  /** Status of the reply; 499 where the client went away before it was complete. */
  readonly status: number;
  /** Until the reply was complete, or the client gone. */
  readonly seconds: number;
}
/** What is promised of a share of the requests. */
export interface Objective {
  /** Share of the requests of 30 days that meet it, below 1. */
  readonly share: number;
  /** What a request that meets it is: "answered …". */
  readonly promise: string;
  readonly met: (request: EndedRequest) => boolean;
}

const LATENCY_SECONDS = 2.5;
/** A route that this version does not have is no outage. */
const NOT_AVAILABLE = 501;

/** The service level objectives. What the gateway counts, the rules of Prometheus and the dashboards come from here. */
export const OBJECTIVES = Object.freeze({
  availability: {
    share: 0.999,
    promise: 'answered without a server error',
    met: ({ status }) => status < 500 || status === NOT_AVAILABLE,
  },
  latency: {
    share: 0.99,
    promise: `answered within ${LATENCY_SECONDS} s`,
    met: ({ seconds }) => seconds <= LATENCY_SECONDS,
  },
} as const satisfies Readonly<Record<string, Objective>>);

/** Share of the requests that may miss an objective: 1 − 0.999 is not 0.001 in binary. */
export const errorBudget = ({ share }: Objective): number => Number((1 - share).toPrecision(6));

export const OBJECTIVE_SERIES = {
  slo_compliance_total: counter(
    'Requests of clients to routes of the engine, each counted once for every objective (availability, latency): met or missed',
    'slo',
    'result',
  ),
} as const;

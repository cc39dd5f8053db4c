/** What is done to a request that a rule hits. */
export type FaultKind = 'latency' | 'error' | 'abort';
export const FAULT_KINDS = ['latency', 'error', 'abort'] as const satisfies readonly FaultKind[];

interface Rule {
  /** Appears in logs, spans, metrics and replies. */
  readonly name: string;
  /** Share of the matching requests that are hit, in percent, 0–100. */
  readonly percent: number;
  /** Route template, such as `/api/datasets/:id`. Left out: every route but health, metrics, admin and internal. */
  readonly route?: string;
  readonly method?: string;
}

/** The handler starts `delay_ms` later, plus a uniform share of `jitter_ms`. Milliseconds. */
export interface LatencyFault extends Rule {
  readonly kind: 'latency';
  readonly delay_ms: number;
  readonly jitter_ms: number;
}

/** An error reply in place of the handler. */
export interface ErrorFault extends Rule {
  readonly kind: 'error';
  /** 400–599. */
  readonly status: number;
  /** Seconds. */
  readonly retry_after_s?: number;
}

/** The connection is reset without a reply. */
export interface AbortFault extends Rule {
  readonly kind: 'abort';
}

export type Fault = LatencyFault | ErrorFault | AbortFault;

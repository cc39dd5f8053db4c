export interface TimeoutOptions {
  /** Cap of one attempt; what is left of the total cuts it further. ms, 1–3,600,000. Default 120,000. */
  readonly attemptMs: number;
}

/** The two refusals of a client that may mean "later" instead of "never". */
export interface ClassificationOptions {
  /** 408: `transient` is retried and counts as failure; `success` hands it on. Default `transient`. */
  readonly requestTimeout: 'transient' | 'success';
  /** 429: `retry_after` is transient if the reply says when to return, else success. Default `retry_after`. */
  readonly tooManyRequests: 'retry_after' | 'transient' | 'success';
}

export const CLASSIFICATION_DEFAULTS: ClassificationOptions = Object.freeze({
  requestTimeout: 'transient',
  tooManyRequests: 'retry_after',
});

import { LocalRefusalError } from '../local-refusal.ts';

/** The engine has turned down so much lately that this call was not even sent. */
export class ThrottledError extends LocalRefusalError {
  override readonly name = 'ThrottledError';
  /** With which it was refused, 0–1. */
  readonly probability: number;

  constructor(engine: string, probability: number) {
    super('throttle', `Throttled: ${engine} accepts too few of the requests it gets`, 1000);
    this.probability = probability;
  }
}
